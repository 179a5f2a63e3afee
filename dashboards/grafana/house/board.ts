// A board of the house: uid, title, variables and panels, with the menu of all boards.
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { BoardTextKey } from '../texts.ts';
import { type BoardName, uidOf } from './board-ids.ts';
import type { BoardContext } from './context.ts';
import { arrange, type Section } from './layout.ts';
import { boardMenu, boardTag } from './links.ts';

export interface BoardSpec {
  readonly name: BoardName;
  readonly title: BoardTextKey;
  readonly about: BoardTextKey;
  /** The period that is shown at first. */
  readonly time: { readonly from: string; readonly to: string };
  /** How often it asks again, as Grafana writes it. */
  readonly refresh: string;
  readonly variables: Builder<VariableModel>[];
  readonly sections: readonly Section[];
}

export function board({ t, timeZone }: BoardContext, spec: BoardSpec): Dashboard {
  const dashboard = new DashboardBuilder(t(spec.title))
    .uid(uidOf(spec.name))
    .description(t(spec.about))
    .tags([boardTag])
    .timezone(timeZone)
    .weekStart('monday')
    .time({ ...spec.time })
    .refresh(spec.refresh)
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(spec.variables)
    .link(boardMenu(t('menu.boards')))
    .build();
  return { ...dashboard, panels: arrange(spec.sections) };
}
