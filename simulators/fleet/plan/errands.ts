// An honest day of a car: errands in working hours, each with its dispatch order; fuel, charging, the workshop.
import { Random, seedOf } from '../../random.ts';
import type { Network, Site, SiteKind } from '../roads/network.ts';
import type { PlanDay } from './days.ts';
import { type Life, placeOf } from './life.ts';
import type { SimOrder } from './types.ts';

const minute = 60_000;
const purposes = ['公务会议', '送达文件', '执法检查', '调研走访', '接送人员', '项目验收'];

export class Errands {
  readonly life: Life;
  readonly network: Network;
  readonly day: PlanDay;
  readonly random: Random;
  #papers = 0;

  constructor(options: { life: Life; network: Network; day: PlanDay; seed: number }) {
    this.life = options.life;
    this.network = options.network;
    this.day = options.day;
    this.random = new Random(seedOf(options.seed, `${options.life.car.id} ${options.day.date}`));
  }

  /** Local minutes of the day → epoch ms. */
  at(minutes: number): number {
    return this.day.start + Math.round(minutes * 60) * 1_000;
  }

  site(kind: SiteKind): Site {
    return this.random.pick(this.network.sites.filter((site) => site.kind === kind));
  }

  /** Of its kind, the nearest by road. */
  nearest(kind: SiteKind): Site {
    const sites = this.network.sites.filter((site) => site.kind === kind);
    return sites.reduce((best, site) => (this.life.farM(site) < this.life.farM(best) ? site : best));
  }

  number(): string {
    const car = this.life.car.id.replace('car-', '');
    return `PC${this.day.date.replaceAll('-', '')}-${car}-${++this.#papers}`;
  }

  write(order: Pick<SimOrder, 'number' | 'from' | 'to' | 'destination'> & Partial<SimOrder>): void {
    const { id, institution, driver, yard } = this.life.car;
    this.life.orders.push({
      institution,
      car: id,
      driver,
      purpose: this.random.pick(purposes),
      origin: placeOf(yard),
      via: [],
      long: false,
      state: 'approved',
      ...order,
    });
  }

  /** A whole honest day. @param latest local minutes by which the car is back */
  honest(latest = 1_120): void {
    const { life, random } = this;
    const errands = random.pick([0, 1, 1, 2, 2, 3]);
    let earliest = this.at(490 + random.int(0, 60));
    for (let errand = 0; errand < errands; errand++) {
      const draft = life.mark();
      this.errand(Math.max(earliest, life.now));
      if (life.now > this.at(latest)) {
        life.back(draft);
        return;
      }
      earliest = life.now + random.int(15, 110) * minute;
    }
    if (random.next() < 0.04 && life.now < this.at(1_000)) this.#withdrawn();
    this.charge();
  }

  /** There and back by order, sometimes by a second place, for fuel or to the workshop. */
  errand(start: number, options: { to?: Site; dwellMin?: number; long?: boolean } = {}): void {
    const { life, random } = this;
    const number = this.number();
    const workshop = options.to === undefined && random.next() < 0.03;
    const long = options.long ?? (!workshop && options.to === undefined && random.next() < 0.05);
    const to = options.to ?? this.site(workshop ? 'workshop' : long ? 'neighbour' : 'office');
    const via: Site[] = [];
    life.go(to, start, { order: number, halts: random.next() < 0.15 ? 1 : 0 });
    if (workshop) this.#repair(to);
    this.#linger(options.dwellMin);
    if (options.to === undefined && !long && random.next() < 0.25) {
      const second = this.site('office');
      if (second !== life.at) {
        via.push(second);
        life.go(second, life.now + 90_000, { order: number });
        this.#linger();
      }
    }
    if (life.level < life.capacity * 0.35) via.push(this.refill(number));
    life.go(life.car.yard, life.now + 90_000, { order: number });
    if (long) this.#toll();
    this.write({
      number,
      from: start - random.int(2, 20) * minute,
      to: Math.ceil((life.now + random.int(10, 50) * minute) / (10 * minute)) * 10 * minute,
      destination: placeOf(to),
      via: via.map(placeOf),
      long,
      ...(workshop ? { purpose: '车辆维修' } : {}),
    });
  }

  /** At a petrol station, or a charging station of others. */
  refill(order: string | null, share = 1): Site {
    const { life, random } = this;
    const electric = life.car.batteryKwh !== null;
    const station = this.nearest(electric ? 'charging' : 'petrol');
    life.go(station, life.now + 90_000, { order });
    life.stay(life.now + (electric ? random.int(35, 60) : random.int(5, 9)) * minute);
    const full = random.next() < 0.8;
    const room = life.capacity - life.level;
    const quantity = Math.round(room * share * (full ? (electric ? 0.9 : 1) : 0.6) * 100) / 100;
    life.level += quantity;
    this.pay(station, life.now - 2 * minute, quantity, electric ? null : full);
    return station;
  }

  /** Writes down what the card's bill says. @returns its document */
  pay(
    station: Site,
    ts: number,
    quantity: number,
    fullTank: boolean | null,
    onSite = false,
    card = this.life.car.card,
  ): string {
    const { life } = this;
    const electric = life.car.batteryKwh !== null;
    const document = `KP${this.day.date.replaceAll('-', '')}-${life.car.id.replace('car-', '')}-${life.cards.length + 1}`;
    const price = electric ? (onSite ? 0.65 : 1.25) : life.car.powertrain === 'diesel' ? 7.1 : 7.5;
    life.cards.push({
      document,
      card,
      car: life.car.id,
      kind: electric ? 'charging' : 'fuel',
      ts,
      quantity,
      amountCny: Math.round(quantity * price * 100) / 100,
      fullTank,
      station: placeOf(station),
      odometerKm: Math.round((life.car.terminal.odometer?.startKm ?? 20_000) + life.km),
      onSite,
    });
    return document;
  }

  /** In the evening at our own pile. */
  charge(): void {
    const { life } = this;
    if (life.car.batteryKwh === null || life.at !== life.car.yard || life.level > life.capacity * 0.6) return;
    const ts = Math.max(this.at(1_170), life.now + minute);
    const quantity = Math.round((life.capacity * 0.95 - life.level) * 100) / 100;
    life.level += quantity;
    this.pay(life.at, ts, quantity, null, true);
  }

  /** Engine off for a while; a short matter is waited for with it running. */
  #linger(minutes?: number): void {
    const { life, random } = this;
    const quick = random.next();
    // Nobody lets it run below ground.
    if (minutes !== undefined || quick > 0.15 || life.at.underground)
      life.stay(life.now + (minutes ?? random.int(12, 95)) * minute);
    else life.stay(life.now + random.int(7 * 60, 12 * 60) * 1_000, true);
  }

  #withdrawn(): void {
    const from = this.life.now + 60 * minute;
    const destination = placeOf(this.site('office'));
    this.write({ number: this.number(), from, to: from + 120 * minute, destination, state: 'withdrawn' });
  }

  #repair(workshop: Site): void {
    const { life, random } = this;
    life.stay(life.now + random.int(100, 200) * minute);
    const kind = random.next() < 0.5 ? 'maintenance' : 'repair';
    const amountCny = random.int(300, 4_000);
    this.#spend({ kind, amountCny, workshop: workshop.name.zh, designated: true });
  }

  #toll(): void {
    this.#spend({ kind: 'parking-toll', amountCny: 70, workshop: null, designated: null });
  }

  #spend(entry: {
    kind: 'repair' | 'maintenance' | 'parking-toll';
    amountCny: number;
    workshop: string | null;
    designated: boolean | null;
  }): void {
    const { life } = this;
    const document = `WX${this.day.date.replaceAll('-', '')}-${life.car.id.replace('car-', '')}-${life.upkeep.length + 1}`;
    life.upkeep.push({ document, car: life.car.id, at: life.now, dueOn: null, ...entry });
  }
}
