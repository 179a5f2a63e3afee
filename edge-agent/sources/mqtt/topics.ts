// Topic patterns with named levels, `cars/{vehicle}/gps`, and the names they give a message. Pure.

export interface TopicPattern {
  /** For the broker: `cars/+/gps`. */
  readonly filter: string;
  /** The names of a topic's levels, or `undefined` when the topic is another. */
  match(topic: string): ReadonlyMap<string, string> | undefined;
}

export function topicPattern(pattern: string): TopicPattern {
  const levels = pattern.split('/').map((text) => ({ text, name: /^\{(\w+)\}$/.exec(text)?.[1] }));
  const open = levels.at(-1)?.text === '#';
  const fixed = open ? levels.slice(0, -1) : levels;
  return {
    filter: levels.map(({ text, name }) => (name === undefined ? text : '+')).join('/'),
    match(topic) {
      const parts = topic.split('/');
      if (open ? parts.length < fixed.length : parts.length !== fixed.length) return undefined;
      const names = new Map<string, string>();
      for (const [index, { text, name }] of fixed.entries()) {
        const part = parts[index] ?? '';
        if (name !== undefined) names.set(name, part);
        else if (text !== '+' && text !== part) return undefined;
      }
      return names;
    },
  };
}

/** `{site}-{meter}` with its names filled in; the configuration has been checked for names that there are not. */
export function filled(template: string, names: ReadonlyMap<string, string>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => names.get(name) ?? '');
}
