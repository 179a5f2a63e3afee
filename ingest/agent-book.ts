// What ingest remembers of each agent: its points and its clocks, and the alarms that follow from them.
import type { Clock } from '../core/runtime/clock.ts';
import { AgentPoints } from './agent-points.ts';
import type { AlarmDesk } from './alarm-desk.ts';
import { ClockWatch } from './clock-watch.ts';
import type { Patience } from './patience.ts';
import type { IngestRegistry, IngestStore } from './ports.ts';

export interface Agent {
  readonly points: AgentPoints;
  readonly clocks: ClockWatch;
}

export interface AgentBookOptions {
  readonly store: IngestStore;
  readonly registry: Pick<IngestRegistry, 'points'>;
  readonly alarms: AlarmDesk;
  readonly patience: Patience;
  readonly clock: Clock;
}

export class AgentBook {
  readonly #options: AgentBookOptions;
  /** As many as agents with credentials: the broker lets nobody else send. */
  readonly #agents = new Map<string, Agent>();

  constructor(options: AgentBookOptions) {
    this.#options = options;
  }

  get(name: string): Agent {
    let agent = this.#agents.get(name);
    if (agent === undefined) {
      const { store, alarms, clock } = this.#options;
      const clocks = new ClockWatch(alarms.isOpen('clock-fault', name) ? clock.now() : undefined);
      agent = { points: new AgentPoints(name, store), clocks };
      this.#agents.set(name, agent);
    }
    return agent;
  }

  /** Asks the registry which points of the agent are registered, until it answers. @throws Stopped */
  async load({ points }: Agent): Promise<void> {
    const { registry, clock, patience } = this.#options;
    const asked = clock.now();
    const keys = await patience.until(`the registry (points of agent ${points.agent})`, () =>
      registry.points.keysOfAgent(points.agent),
    );
    points.load(keys, asked);
  }

  /** Raises and clears the alarms of these agents after rows of theirs were looked at. */
  alarm(names: ReadonlySet<string>): void {
    const { alarms } = this.#options;
    for (const name of names) {
      const { clocks, points } = this.get(name);
      if (clocks.takeNews()) {
        const some = clocks.points.slice(0, 5).join(', ');
        const message = `rows of agent ${name} are more than 10 minutes ahead of ingest and refused; check the clocks of: ${some}`;
        alarms.raise('clock-fault', name, message);
      } else if (!clocks.faulty) {
        alarms.clear('clock-fault', name);
      }
      const refused = points.takeRefused();
      if (refused !== undefined) {
        const message = `agent ${name} sends more than ${points.unknown} points that are not registered, ${refused} among them; register its points`;
        alarms.raise('unknown-points', name, message);
      } else if (points.hasRoom) {
        alarms.clear('unknown-points', name);
      }
    }
  }
}
