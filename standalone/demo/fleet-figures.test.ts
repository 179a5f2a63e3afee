// The line of the screen about the demo's cars: the numbers that anyone can ask for.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FleetSight } from '../../api/fleet/visibility.ts';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import { addCar, speedingAt, tripAndStop } from '../../core/testing/fleet-world.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';
import { midnight } from '../../core/testing/test-registry.ts';
import { fleetCity } from '../../simulators/fleet/city.ts';
import { fleetAgent } from './fleet.ts';
import { fleetFigures } from './fleet-figures.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.end());

it('counts findings as /vehicle-findings/counts does: of masked cars none that says where they were', async () => {
  const from = midnight('2024-03-04');
  const fleet = fleetCity({ seed: 1, cars: 2, days: 2, from });
  const now = from + dayMs;
  for (const [index, { point, plate }] of fleet.cars.entries()) {
    const terminal = `${fleetAgent}/${point}` as const;
    const category = index === 0 ? 'other' : 'law-enforcement';
    const vehicle = await addCar(api, { plate, institution: api.ids.school, terminal, category });
    const at = from + 9 * hourMs;
    const findings = [
      speedingAt(vehicle, at),
      speedingAt(vehicle, at, { kind: 'fence-entered' }),
      speedingAt(vehicle, at, { kind: 'sealed', noted: true }),
      speedingAt(vehicle, now + hourMs),
    ];
    const segments = tripAndStop(at, at + hourMs);
    await api.registry.tracks.replace(terminal, { segmentsFrom: 0, segments, findingsFrom: 0, findings });
  }
  const sight = new FleetSight({
    registry: api.registry,
    clock: api.clock,
    fleet: { masked: ['law-enforcement'] },
  });
  const figures = await fleetFigures(api.registry, await sight.index(), fleet, now);
  expect(figures).toMatchObject({ cars: 2, trips: 2, findings: 3 });
  const key = await api.keyOf({ role: 'auditor', institution: null });
  const { body } = await api.get(`/api/v1/vehicle-findings/counts?from=${from}&to=${now}`, { key });
  expect(body.institutions).toMatchObject([{ institution: api.ids.school, total: 3 }]);
});
