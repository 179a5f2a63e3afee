// Boards by name: their uid never changes, since links and bookmarks carry it.
export const boardFolders = {
  home: 'energy',
  institution: 'energy',
  building: 'energy',
  water: 'energy',
  plan: 'energy',
  quotas: 'energy',
  quality: 'operations',
  vehicles: 'operations',
  meters: 'operations',
  point: 'operations',
  pipeline: 'operations',
} as const;
export type BoardName = keyof typeof boardFolders;
export type FolderName = (typeof boardFolders)[BoardName];

export function uidOf(board: BoardName): string {
  return `jieyue-${board}`;
}
