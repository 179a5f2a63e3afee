// Authored corrections of single readings, in the pattern of facts; the readings themselves stay as they are.
import { JieyueError } from '../domain/errors.ts';
import { limits } from '../domain/telemetry.ts';
import type { PointKey } from '../domain/topics.ts';
import { isQuantity, type Quantity } from '../domain/units.ts';
import type { Authorship } from './authorship.ts';
import { checkedAuthorship } from './check-facts.ts';
import { newId, type RegistryContext } from './context.ts';
import { entityExists } from './entities.ts';
import { addMarks } from './marks.ts';
import type { CorrectionInput, Registry } from './registry.ts';
import { bumpRevision } from './revision.ts';
import type { Db } from './schema.ts';
import { sayOfFacts } from './words/facts.ts';
import { sayOfLedgers } from './words/ledgers.ts';

const actions: readonly CorrectionInput['action'][] = ['exclude', 'replace', 'accept', 'withdraw'];

export function createCorrections(context: RegistryContext): Registry['corrections'] {
  const { db } = context;
  return {
    async record(inputs, by) {
      const authorship = checkedAuthorship(by);
      for (const input of inputs) check(input);
      await db.transaction().execute(async (trx) => {
        let changed = false;
        for (const input of inputs) {
          if (await recordOne(trx, context, input, authorship)) changed = true;
        }
        if (changed) await bumpRevision(trx);
      });
    },

    async list({ point, quantity, superseded = false }) {
      let query = db.selectFrom('corrections').selectAll().where('point', '=', point);
      if (quantity !== undefined) query = query.where('quantity', '=', quantity);
      if (!superseded) query = query.where('superseded_at', 'is', null);
      const rows = await query
        .orderBy('ts')
        .orderBy('quantity')
        .orderBy('recorded_at')
        .orderBy('id')
        .execute();
      return rows.map(({ recorded_at, superseded_at, ...row }) => ({
        ...row,
        point: row.point as PointKey,
        quantity: row.quantity as Quantity,
        recordedAt: recorded_at,
        supersededAt: superseded_at,
      }));
    },
  };
}

/** @returns whether it changed anything. */
async function recordOne(
  trx: Db,
  context: RegistryContext,
  input: CorrectionInput,
  by: Authorship,
): Promise<boolean> {
  const { point, quantity, ts, action } = input;
  const value = input.value ?? null;
  const current = await trx
    .selectFrom('corrections')
    .select(['id', 'action', 'value', 'recorded_at'])
    .where('point', '=', point)
    .where('quantity', '=', quantity)
    .where('ts', '=', ts)
    .where('superseded_at', 'is', null)
    .executeTakeFirst();
  if (current ? current.action === action && current.value === value : action === 'withdraw') return false;
  const recordedAt = Math.max(context.clock.now(), current?.recorded_at ?? 0);
  if (current) {
    await trx
      .updateTable('corrections')
      .set({ superseded_at: recordedAt })
      .where('id', '=', current.id)
      .execute();
  } else if (!(await entityExists(trx, 'point', point))) {
    throw new JieyueError('registry.not-found', sayOfLedgers('correction.point', { point }));
  }
  const row = { id: newId(context), point, quantity, ts, action, value, recorded_at: recordedAt, ...by };
  await trx
    .insertInto('corrections')
    .values({ ...row, superseded_at: null })
    .execute();
  await addMarks(trx, [{ point, quantity, from: ts, to: ts }], recordedAt);
  return true;
}

function check({ point, quantity, ts, action, value }: CorrectionInput): void {
  const what = sayOfLedgers('correction.name', { point, quantity, ts });
  const fault = !isQuantity(quantity)
    ? sayOfLedgers('correction.quantity', { quantity: String(quantity) })
    : !Number.isSafeInteger(ts) || ts < limits.earliestTs
      ? sayOfLedgers('correction.time')
      : !actions.includes(action)
        ? sayOfLedgers('correction.action', { action: String(action), known: actions.join(', ') })
        : (action === 'replace') !== (value !== undefined)
          ? sayOfLedgers('correction.value')
          : value !== undefined && !Number.isFinite(value)
            ? sayOfLedgers('correction.number', { value })
            : undefined;
  if (fault !== undefined)
    throw new JieyueError('registry.invalid', sayOfFacts('what.fault', { what, fault }));
}
