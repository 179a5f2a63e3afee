// Terminals that report and are in no car: a phone that was mistyped in the ledger of vehicles looks like a car without data. One alarm
// for each agent, with some of their names, until all of its terminals are in cars.
import type { PointKey } from '../../core/domain/topics.ts';
import type { Registry } from '../../core/registry/registry.ts';

const kind = 'unknown-terminals';
const named = 5;

export class Strangers {
  readonly #alarms: Registry['alarms'];

  constructor(alarms: Registry['alarms']) {
    this.#alarms = alarms;
  }

  /**
   * @param heard terminals that reported of late @param fitted those that are in a car
   * @param now epoch ms
   * @returns how many are in none
   */
  async tell(heard: Iterable<PointKey>, fitted: ReadonlySet<PointKey>, now: number): Promise<number> {
    const byAgent = new Map<string, string[]>();
    for (const terminal of heard) {
      const [agent = '', name = ''] = terminal.split('/');
      const strange = byAgent.get(agent) ?? [];
      byAgent.set(agent, fitted.has(terminal) ? strange : [...strange, name]);
    }
    const open = new Set(
      (await this.#alarms.list({ cleared: false }))
        .filter((alarm) => alarm.kind === kind && alarm.clearedAt === null)
        .map(({ subject }) => subject),
    );
    let count = 0;
    for (const [agent, names] of byAgent) {
      count += names.length;
      if (names.length > 0) await this.#alarms.raise(kind, agent, messageOf(agent, names), now);
      else if (open.has(agent)) await this.#alarms.clear(kind, agent, now);
    }
    return count;
  }
}

function messageOf(agent: string, names: readonly string[]): string {
  const some = [...names].sort().slice(0, named).join(', ');
  return `${names.length} terminals of agent ${agent} report and are in no car: ${some}; say in the ledger of vehicles which car each is in`;
}
