// How the place of an institution in its plan looks in answers.
import { z } from 'zod';
import { indicatorNames } from '../../core/domain/accounting/indicators.ts';
import { type CapUse, capReasons, capStates } from '../../core/domain/plan/caps.ts';
import type { GapSplit } from '../../core/domain/plan/contributions.ts';
import { type Decomposition, decompositionReasons } from '../../core/domain/plan/decompose.ts';
import type { PlanFigure } from '../../core/domain/plan/figure.ts';
import { type LinePlace, lineReasons, lineStates } from '../../core/domain/plan/line.ts';
import { type Projection, projectionReasons } from '../../core/domain/plan/project.ts';
import type { SameMonths } from '../../core/domain/plan/ytd.ts';
import type { Language } from '../../core/domain/texts.ts';
import type { CapProgress, IndicatorProgress } from '../accounting/plan-progress.ts';
import { tidy, tidyOrNull } from '../http/numbers.ts';
import type { TimeText } from '../http/time-text.ts';
import { wordOf, wordOrNull, wordSchema } from '../http/words.ts';
import { describeFigure, figureSchema } from './figure-forms.ts';

const amount = z.number().nullable();

const originSchema = z.object({
  kind: z
    .enum(['plan', 'document', 'override'])
    .describe('As the plan has it; decomposed by a document (分解下达); set by hand.'),
  institution: z.string().describe('Where it is stated.'),
  inherited: z.boolean(),
  document: z.string(),
});

export const placeSchema = z.object({
  state: wordSchema(lineStates),
  reason: wordSchema(lineReasons).nullable().describe('Why the state is not known.'),
  line: amount.describe('The line’s value of the year.'),
  target: amount.describe('The line’s value of the end year.'),
  gap: amount.describe('value − line; of what should rise, below 0 is behind.'),
  change: amount.describe('value ÷ base − 1.'),
  progress: amount.describe('序时进度: reduction achieved ÷ reduction due; 1 or more is on the line.'),
  remaining: z
    .object({ years: z.number(), perYear: z.number(), ratePerYear: amount })
    .nullable()
    .describe('What each year left must bring.'),
  provisional: z.boolean(),
});

export function describePlace(place: LinePlace, language: Language): z.infer<typeof placeSchema> {
  const { state, reason, remaining, provisional } = place;
  return {
    state: wordOf(lineStates, state, language),
    reason: wordOrNull(lineReasons, reason, language),
    line: known(place.line),
    target: known(place.target),
    gap: known(place.gap),
    change: known(place.change),
    progress: known(place.progress),
    remaining: remaining && {
      years: remaining.years,
      perYear: tidy(remaining.perYear),
      ratePerYear: known(remaining.ratePerYear),
    },
    provisional,
  };
}

const planFigureSchema = z.object({ value: amount, coverage: z.number(), provisional: z.boolean() });

export function describePlanFigure({ value, coverage, provisional }: PlanFigure) {
  return { value: known(value), coverage: tidy(coverage), provisional };
}

const sameMonthsSchema = z
  .object({
    year: z.int(),
    against: z.int(),
    months: z.array(z.int()),
    leftOut: z.array(z.object({ month: z.int(), unknownIn: z.array(z.int()) })),
    value: amount,
    valueThen: amount,
    change: amount,
  })
  .nullable();

function describeSameMonths(same: SameMonths | null): z.infer<typeof sameMonthsSchema> {
  return (
    same && {
      ...same,
      months: [...same.months],
      leftOut: same.leftOut.map(({ month, unknownIn }) => ({ month, unknownIn: [...unknownIn] })),
      value: known(same.value),
      valueThen: known(same.valueThen),
      change: known(same.change),
    }
  );
}

const projectionSchema = z.object({
  method: z.literal('seasonal-ratio'),
  value: amount.describe('The whole year, projected; users and area stay as last known.'),
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
  confidence: z.number(),
  reason: wordSchema(projectionReasons).nullable(),
  monthsKnown: z.array(z.int()),
  pastYears: z.array(z.int()).describe('Whose seasons were used.'),
});

function describeProjection(projection: Projection, language: Language): z.infer<typeof projectionSchema> {
  const { method, value, interval, confidence, reason, monthsKnown, pastYears } = projection;
  return {
    method,
    value: known(value),
    interval: interval && { low: tidy(interval.low), high: tidy(interval.high) },
    confidence,
    reason: wordOrNull(projectionReasons, reason, language),
    monthsKnown: [...monthsKnown],
    pastYears: [...pastYears],
  };
}

const gapSchema = z
  .object({
    value: z.number(),
    line: z.number(),
    gap: z.number(),
    structure: z.number(),
    parts: z.array(
      z.object({
        institution: z.string(),
        contribution: z.number(),
        own: z.number().describe('By its own intensity.'),
        structure: z.number().describe('By its weight in the tree (结构效应).'),
        share: amount.describe('contribution ÷ gap.'),
      }),
    ),
    leftOut: z.array(z.string()).describe('Institutions that something is not known of.'),
  })
  .nullable();

function describeGap(gap: GapSplit | null): z.infer<typeof gapSchema> {
  return (
    gap && {
      value: tidy(gap.value),
      line: tidy(gap.line),
      gap: tidy(gap.gap),
      structure: tidy(gap.structure),
      parts: gap.parts.map(({ institution, contribution, own, structure, share }) => ({
        institution,
        contribution: tidy(contribution),
        own: tidy(own),
        structure: tidy(structure),
        share: known(share),
      })),
      leftOut: [...gap.leftOut],
    }
  );
}

const changeSchema = z.object({
  from: amount,
  to: amount,
  change: amount,
  effects: z
    .object({ consumption: amount, users: amount, area: amount, factor: amount })
    .describe('LMDI-I; they sum to the change. Null: it has no such effect.'),
  commodities: z.array(z.object({ commodity: z.string(), consumption: z.number(), factor: z.number() })),
  reason: wordSchema(decompositionReasons).nullable(),
});

function describeChange(change: Decomposition, language: Language): z.infer<typeof changeSchema> {
  const { consumption, users, area, factor } = change.effects;
  return {
    from: known(change.from),
    to: known(change.to),
    change: known(change.change),
    effects: {
      consumption: known(consumption),
      users: known(users),
      area: known(area),
      factor: known(factor),
    },
    commodities: change.commodities.map((each) => ({
      commodity: each.commodity,
      consumption: tidy(each.consumption),
      factor: tidy(each.factor),
    })),
    reason: wordOrNull(decompositionReasons, change.reason, language),
  };
}

const useSchema = z.object({
  state: wordSchema(capStates),
  reason: wordSchema(capReasons).nullable(),
  share: amount.describe('value ÷ cap.'),
  room: amount.describe('cap − value.'),
  due: z.boolean().describe('The cap holds in the end year; before, being over is a warning.'),
  provisional: z.boolean(),
});

export function describeUse(use: CapUse, language: Language): z.infer<typeof useSchema> {
  return {
    state: wordOf(capStates, use.state, language),
    reason: wordOrNull(capReasons, use.reason, language),
    share: known(use.share),
    room: known(use.room),
    due: use.due,
    provisional: use.provisional,
  };
}

export const indicatorProgressSchema = z.object({
  indicator: z.enum(indicatorNames),
  target: z.object({
    change: z.number().describe('Relative change from the base year to the end year; -0.06: 6 % less.'),
    baseYear: z.int(),
    endYear: z.int(),
    origin: originSchema,
    planChange: amount.describe('What the plan itself says, where something nearer replaced it.'),
  }),
  base: figureSchema.describe('The base year, restated (同口径).'),
  figure: figureSchema.describe('The year, or its months that are over.'),
  compared: z
    .object({ months: z.array(z.int()), base: planFigureSchema, figure: planFigureSchema })
    .describe('What the place is of: both years, or the months that are over and known in both.'),
  place: placeSchema,
  projected: placeSchema.nullable().describe('Where the projected year would stand; null once it is over.'),
  ifCovered: placeSchema
    .nullable()
    .describe(
      'Where it would stand had the time that is not covered used as much as the time that is: a bill that is missing looks like a saving. ' +
        'Null: all is covered in both years, or the year runs.',
    ),
  yearToDate: z.object({ lastYear: sameMonthsSchema, baseYear: sameMonthsSchema }),
  projection: projectionSchema,
  gap: gapSchema.describe('Who makes the gap: those right below, and what is its own.'),
  change: changeSchema.describe('What made the change since the base year.'),
});

export function describeIndicator(
  progress: IndicatorProgress,
  language: Language,
  times: TimeText,
): z.infer<typeof indicatorProgressSchema> {
  const { target, compared, projected, ifCovered, yearToDate } = progress;
  return {
    indicator: target.indicator,
    target: {
      change: target.change,
      baseYear: target.baseYear,
      endYear: target.endYear,
      origin: target.origin,
      planChange: target.planChange,
    },
    base: describeFigure(progress.base, times),
    figure: describeFigure(progress.figure, times),
    compared: {
      months: [...compared.months],
      base: describePlanFigure(compared.base),
      figure: describePlanFigure(compared.figure),
    },
    place: describePlace(progress.place, language),
    projected: projected && describePlace(projected, language),
    ifCovered: ifCovered && describePlace(ifCovered, language),
    yearToDate: {
      lastYear: describeSameMonths(yearToDate.lastYear),
      baseYear: describeSameMonths(yearToDate.baseYear),
    },
    projection: describeProjection(progress.projection, language),
    gap: describeGap(progress.gap),
    change: describeChange(progress.change, language),
  };
}

export const capProgressSchema = z.object({
  indicator: z.enum(indicatorNames),
  cap: z.number(),
  endYear: z.int(),
  origin: originSchema,
  figure: figureSchema,
  use: useSchema,
  projected: useSchema.nullable(),
});

export function describeCap(
  { cap, figure, use, projected }: CapProgress,
  language: Language,
  times: TimeText,
): z.infer<typeof capProgressSchema> {
  return {
    indicator: cap.indicator,
    cap: cap.cap,
    endYear: cap.endYear,
    origin: cap.origin,
    figure: describeFigure(figure, times),
    use: describeUse(use, language),
    projected: projected && describeUse(projected, language),
  };
}

/** NaN, infinity and what is left out are not known. */
function known(value: number | null | undefined): number | null {
  return value === undefined || value === null || !Number.isFinite(value) ? null : tidyOrNull(value);
}
