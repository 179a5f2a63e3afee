// Links from a value or a row to the board that says more, with its variables and the time range.
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type BoardName, uidOf } from './board-ids.ts';
import type { VariableName } from './variable-names.ts';

/** What a variable of the other board gets: a column of the row, or the variable of this board. */
export type Carried = { readonly column: string } | 'same';
export type CarriedVariables = Readonly<Partial<Record<VariableName, Carried>>>;

export const boardTag = 'jieyue';

export function linkUrl(board: BoardName, carried: CarriedVariables): string {
  const parts = Object.entries(carried).map(([name, from]) =>
    from === 'same' ? `\${${name}:queryparam}` : `var-${name}=\${__data.fields.${from.column}:percentencode}`,
  );
  return `/d/${uidOf(board)}?${[...parts, `\${__url_time_range}`].join('&')}`;
}

/** A link of a value, for `dataLinks`. */
export function dataLink(title: string, board: BoardName, carried: CarriedVariables): Builder<DashboardLink> {
  return shown(new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(linkUrl(board, carried)));
}

/** A link of a column, for an override. */
export function columnLink(title: string, board: BoardName, carried: CarriedVariables) {
  return { title, url: linkUrl(board, carried) };
}

/** All boards of ours in one menu at the top, with the same variables and range. */
export function boardMenu(title: string): Builder<DashboardLink> {
  return shown(
    new DashboardLinkBuilder(title)
      .type(DashboardLinkType.Dashboards)
      .tags([boardTag])
      .asDropdown(true)
      .includeVars(true)
      .keepTime(true),
  );
}

/** The SDK's default would put a link away in the menu of controls. */
function shown(link: DashboardLinkBuilder): Builder<DashboardLink> {
  return {
    build() {
      const { placement: _, ...rest } = link.build();
      return rest;
    },
  };
}
