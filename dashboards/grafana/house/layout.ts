// The grid of a board: sections from top to bottom, each a heading and lines of panels side by side. Widths of a line
// are of 24 columns; ids count up, so that the same definition gives the same JSON.
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type GridPos,
  type Panel,
  RowBuilder,
  type RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** Any panel builder of the SDK. */
export interface PlacedPanel extends Builder<Panel> {
  id(id: number): PlacedPanel;
  gridPos(position: GridPos): PlacedPanel;
}

export interface Line {
  readonly height: number;
  /** Width and panel. */
  readonly panels: readonly (readonly [number, PlacedPanel])[];
}

export interface Section {
  readonly title?: string;
  readonly lines: readonly Line[];
}

export const gridWidth = 24;

/** @throws RangeError for a line that is wider than the grid */
export function arrange(sections: readonly Section[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { title, lines } of sections) {
    if (title !== undefined) {
      const row = new RowBuilder(title).id(placed.length + 1).gridPos({ x: 0, y, w: gridWidth, h: 1 });
      placed.push(row.build());
      y += 1;
    }
    for (const { height, panels } of lines) {
      let x = 0;
      for (const [width, panel] of panels) {
        if (x + width > gridWidth) throw new RangeError(`a line of panels is wider than ${gridWidth}`);
        placed.push(
          panel
            .id(placed.length + 1)
            .gridPos({ x, y, w: width, h: height })
            .build(),
        );
        x += width;
      }
      y += height;
    }
  }
  return placed;
}
