// What a series of boards is: its name, its tags, its fields.

/** What a field holds: a number (always a float) or a text. */
type FieldKind = 'number' | 'text';

export interface BoardMeasurement {
  readonly name: string;
  /** Tags: ids that never change, and the names of carriers, items, indicators and buckets. */
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, FieldKind>>;
}
