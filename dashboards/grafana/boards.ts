// All boards, as Grafana takes them. To add one: a definition, its name in house/board-ids.ts, a line here.
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { buildingBoard } from './definitions/building.ts';
import { homeBoard } from './definitions/home.ts';
import { institutionBoard } from './definitions/institution.ts';
import { metersBoard } from './definitions/meters.ts';
import { pipelineBoard } from './definitions/pipeline.ts';
import { planBoard } from './definitions/plan.ts';
import { pointBoard } from './definitions/point.ts';
import { qualityBoard } from './definitions/quality.ts';
import { quotasBoard } from './definitions/quotas.ts';
import { vehiclesBoard } from './definitions/vehicles.ts';
import { waterBoard } from './definitions/water.ts';
import type { BoardName } from './house/board-ids.ts';
import type { BoardContext } from './house/context.ts';

export const boardMakers: Readonly<Record<BoardName, (context: BoardContext) => Dashboard>> = {
  home: homeBoard,
  institution: institutionBoard,
  building: buildingBoard,
  water: waterBoard,
  plan: planBoard,
  quotas: quotasBoard,
  quality: qualityBoard,
  vehicles: vehiclesBoard,
  meters: metersBoard,
  point: pointBoard,
  pipeline: pipelineBoard,
};
