// Which names an InfluxQL query of a board uses: measurement, columns it asks of it, columns it answers with. Knows what
// query/ask.ts writes, not the whole language.

export interface QueryNames {
  readonly measurement: string;
  /** Tags and fields that are asked for, in conditions and groups too. */
  readonly asked: readonly string[];
  /** Of the answer, without the time; tags of GROUP BY apart. */
  readonly columns: readonly string[];
  readonly groupedBy: readonly string[];
}

/** @throws RangeError for a query of another form */
export function queryNames(query: string): QueryNames {
  const text = query.replace(/'(?:[^'\\]|\\.)*'/g, "''").replace(/=~ \/.*?\/(?= |$|\))/g, '=~ //');
  const nested = /^SELECT (.*?) FROM \((.*)\)(?: WHERE (.*))?$/.exec(text);
  if (nested !== null) {
    const inner = queryNames(nested[2] ?? '');
    const offered = new Set([...inner.columns, ...inner.groupedBy]);
    for (const name of identifiers(`${nested[1]} ${nested[3] ?? ''}`)) {
      if (!offered.has(name)) throw new RangeError(`${name} is not in the inner query: ${query}`);
    }
    return { ...inner, columns: answered(nested[1] ?? ''), groupedBy: [] };
  }
  const plain =
    /^SELECT (.*?) FROM "(\w+)"(?: WHERE (.*?))?(?: GROUP BY (.*?))?(?: fill\(none\))?(?: ORDER BY time DESC)?(?: LIMIT \d+)?$/.exec(
      text,
    );
  if (plain === null) throw new RangeError(`not a query of a board: ${query}`);
  const [, fields = '', measurement = '', where = '', groups = ''] = plain;
  const grouped = identifiers(groups);
  const asked = [...identifiers(fields.replace(/ AS "\w+"/g, '')), ...identifiers(where), ...grouped];
  return { measurement, asked: [...new Set(asked)], columns: answered(fields), groupedBy: grouped };
}

function identifiers(text: string): string[] {
  return [...text.matchAll(/"(\w+)"/g)].map((match) => match[1] ?? '');
}

function answered(fields: string): string[] {
  return fields.split(', ').map((field) => {
    const named = /(?:AS )?"(\w+)"$/.exec(field)?.[1];
    return named ?? /^(\w+)\(/.exec(field)?.[1] ?? field;
  });
}
