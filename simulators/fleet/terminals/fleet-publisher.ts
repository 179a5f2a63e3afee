// Cars that publish JSON over MQTT: one client for all of them, as a vendor's gateway has.
import { connectAsync, type MqttClient } from 'mqtt';
import { type Datum, fromWgs84 } from '../../../core/domain/fleet/datum.ts';
import { type Clock, sleep } from '../../../core/runtime/clock.ts';
import type { Fix } from '../driving/receiver.ts';
import type { Sent } from '../driving/transport.ts';
import type { Pace } from './pace.ts';

export interface PublishedCar {
  /** Last part but one of its topic: `fleet/<point>/position`. */
  readonly point: string;
  readonly positions: Iterable<Sent>;
}

export interface FleetPublisherOptions {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly clientId?: string;
  readonly cars: readonly PublishedCar[];
  readonly pace: Pace;
  readonly clock: Clock;
  /** What stands before the point; default `fleet`. */
  readonly prefix?: string;
  /** What places are published in, as maps of vendors have them; default WGS-84. */
  readonly datum?: Datum;
}

/** A position as it is published: ms, km/h, km, L. */
export interface PublishedPosition {
  readonly time: number;
  readonly lat: number;
  readonly lng: number;
  readonly speed: number;
  readonly direction: number;
  readonly acc: 0 | 1;
  readonly located: boolean;
  readonly satellites?: number;
  readonly mileage?: number;
  readonly fuel?: number;
}

export class FleetPublisher {
  /** Positions that the broker has acknowledged. */
  published = 0;
  readonly #options: FleetPublisherOptions;
  readonly #stopping = new AbortController();
  #client: MqttClient | undefined;
  #running: Promise<void> | undefined;

  constructor(options: FleetPublisherOptions) {
    this.#options = options;
  }

  /** Resolves when it is connected. */
  async start(): Promise<void> {
    const { url, user, password, clientId, cars } = this.#options;
    this.#client = await connectAsync(url, {
      ...(user === undefined ? {} : { username: user }),
      ...(password === undefined ? {} : { password }),
      ...(clientId === undefined ? {} : { clientId }),
    });
    this.#running = Promise.all(cars.map((car) => this.#play(car))).then(() => undefined);
    // Whoever asks `done` hears of a failure; it must not end the process before.
    this.#running.catch(() => undefined);
  }

  /** Resolves when all positions are acknowledged by the broker, or it was stopped; rejects if the connection ended for good. */
  async done(): Promise<void> {
    await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#client?.endAsync(true);
    await this.#running?.catch(() => undefined);
  }

  /** One after the other: what is not acknowledged stays with the client, which sends it again. */
  async #play({ point, positions }: PublishedCar): Promise<void> {
    const { signal } = this.#stopping;
    const { pace, clock, prefix = 'fleet' } = this.#options;
    for (const { fix, sentAt } of positions) {
      for (;;) {
        const early = pace.due(sentAt) - clock.now();
        if (signal.aborted) return;
        if (early <= 0) break;
        // Timers hold 24 days at most.
        await sleep(Math.min(early, 3_600_000), signal);
      }
      const payload = JSON.stringify(this.#payload(fix));
      await this.#client?.publishAsync(`${prefix}/${point}/position`, payload, { qos: 1 });
      this.published++;
    }
  }

  #payload({ ts, lat, lon, speedKmh, courseDeg, extras }: Fix): PublishedPosition {
    // A receiver without a fix says 0, 0 in every datum.
    const place = fromWgs84(this.#options.datum ?? 'wgs84', lat, lon);
    return {
      time: ts,
      lat: place.lat,
      lng: place.lon,
      speed: speedKmh,
      direction: courseDeg,
      acc: extras.ignition === true ? 1 : 0,
      located: extras.fix !== false,
      ...(extras.satellites === undefined ? {} : { satellites: extras.satellites }),
      ...(extras.odometerKm === undefined ? {} : { mileage: extras.odometerKm }),
      ...(extras.fuelL === undefined ? {} : { fuel: extras.fuelL }),
    };
  }
}
