// What a schema of one field cannot say about the sources `mqtt` and `position-file`. Each fault is reported at its own path.
import type { z } from 'zod';
import { saying } from '../domain/issues.ts';
import type { Message } from '../domain/message.ts';
import { sayOfConfig } from './config-words.ts';

interface MqttSource {
  readonly username?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly url: string;
  readonly topics: readonly {
    readonly topic: string;
    readonly point: string;
    readonly pointField?: string | undefined;
    readonly quantities?: readonly { readonly point?: string | undefined; readonly factor: number }[];
  }[];
}
interface PositionFileSource {
  readonly delimiter: string;
  readonly vehicle: Readonly<Record<string, string | undefined>>;
}
type Report = (path: (string | number)[], message: Message) => void;

const named = /^\{([A-Za-z][A-Za-z0-9_]{0,31})\}$/;

/** Topics are of MQTT's form, names stand once, and each template uses names that there are. */
export function checkMqttSource(source: MqttSource, context: z.RefinementCtx): void {
  const report = reporter(context);
  if (/\/\/[^/@]*@/.test(source.url)) {
    report(['url'], sayOfConfig('mqtt.secret-in-url'));
  }
  if (source.passwordFile !== undefined && source.username === undefined) {
    report(['username'], sayOfConfig('mqtt.no-user'));
  }
  source.topics.forEach((entry, index) => {
    const names = topicNames(entry.topic, (message) => report(['topics', index, 'topic'], message));
    if (entry.pointField === undefined) checkTemplate(entry.point, names, report, ['topics', index, 'point']);
    entry.quantities?.forEach(({ point, factor }, at) => {
      const path = ['topics', index, 'quantities', at];
      if (factor === 0) report([...path, 'factor'], sayOfConfig('mqtt.factor'));
      if (point !== undefined) checkTemplate(point, [...names, 'point'], report, [...path, 'point']);
    });
  });
}

function topicNames(topic: string, report: (message: Message) => void): string[] {
  const names: string[] = [];
  const levels = topic.split('/');
  levels.forEach((level, index) => {
    const name = named.exec(level)?.[1];
    if (name !== undefined) {
      if (names.includes(name)) report(sayOfConfig('mqtt.name-twice', { name: `{${name}}` }));
      names.push(name);
    } else if (level === '#' && index === levels.length - 1) return;
    else if (level !== '+' && /[{}#+\0]/.test(level)) {
      report(sayOfConfig('mqtt.level', { level, form: '{name}' }));
    }
  });
  return names;
}

function checkTemplate(
  template: string,
  names: readonly string[],
  report: Report,
  path: (string | number)[],
): void {
  for (const [, name = ''] of template.matchAll(/\{([^}]*)\}/g)) {
    if (names.includes(name)) continue;
    const known = names.map((each) => `{${each}}`).join(', ') || sayOfConfig('source.none');
    report(path, sayOfConfig('mqtt.template', { name: `{${name}}`, known }));
  }
}

/** One way to know the vehicle, and a delimiter that can be told from the cells. */
export function checkPositionFileSource(source: PositionFileSource, context: z.RefinementCtx): void {
  const report = reporter(context);
  const ways = Object.values(source.vehicle).filter((way) => way !== undefined);
  if (ways.length !== 1) report(['vehicle'], sayOfConfig('file.vehicle'));
  const { fileName } = source.vehicle;
  if (fileName !== undefined && fileName.split('{vehicle}').length !== 2) {
    const values = { form: '{vehicle}', example: '"{vehicle}_*.csv"' };
    report(['vehicle', 'fileName'], sayOfConfig('file.name', values));
  }
  if (!/^[^\w"\r\n.+:/-]$/.test(source.delimiter)) {
    report(['delimiter'], sayOfConfig('source.delimiter'));
  }
}

function reporter(context: z.RefinementCtx): Report {
  return (path, message) => context.addIssue({ code: 'custom', path, ...saying(message) });
}
