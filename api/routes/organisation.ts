// GET /institutions and /buildings: who there is, as a tree, with the ids that other routes ask for.
import { z } from 'zod';
import { covers } from '../auth/access.ts';
import { notFound } from '../auth/guard.ts';
import { json } from '../http/answers.ts';
import { entityIdParameter } from '../http/parameters.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';

const institutionSchema = z
  .object({
    id: z.string().describe('ULID; it never changes, the name may.'),
    name: z.string(),
    parent: z
      .string()
      .nullable()
      .describe('The institution above, or null at the top of what the key may see.'),
    depth: z.int().min(0).describe('0 at the top.'),
  })
  .meta({
    id: 'Institution',
    examples: [{ id: '01JABCDEF0123456789ABCDEFG', name: '第一中学', parent: null, depth: 0 }],
  });

const buildingSchema = z
  .object({
    id: z.string().describe('ULID; it never changes, the name may.'),
    name: z.string(),
    institution: z.string().nullable().describe('The institution that answers for it today.'),
  })
  .meta({
    id: 'Building',
    examples: [
      { id: '01JBCDEFG0123456789ABCDEFH', name: '教学楼', institution: '01JABCDEF0123456789ABCDEFG' },
    ],
  });

export function addOrganisationRoutes(app: ApiApp, { directory }: RouteContext): void {
  app.get(
    `${prefix}/institutions`,
    {
      config: { access: { permission: 'institutions:read', scope: 'filtered' } },
      schema: {
        tags: [tags.organisation],
        summary: 'Tree of institutions',
        description:
          "The institutions that the key's grants cover, each after the one above it, by name. The list is not paged.",
        querystring: z.strictObject({}),
        response: { 200: json('The tree, flat.', z.object({ institutions: z.array(institutionSchema) })) },
      },
    },
    async (request) => {
      const page = await directory.page();
      const visible = [...page.institutions.values()].filter(({ id }) => covers(request.reach, id));
      return { institutions: asTree(visible) };
    },
  );

  app.get(
    `${prefix}/buildings`,
    {
      config: { access: { permission: 'energy:read', scope: 'filtered' } },
      schema: {
        tags: [tags.organisation],
        summary: 'Buildings',
        description:
          "The buildings of the institutions that the key's grants cover, by name. One without an institution is " +
          'seen by grants over everything only. The list is not paged.',
        querystring: z.strictObject({
          institution: entityIdParameter('Only buildings of this institution and those below it.').optional(),
        }),
        response: { 200: json('The buildings.', z.object({ buildings: z.array(buildingSchema) })) },
      },
    },
    async (request) => {
      const { institution } = request.query;
      if (institution !== undefined) {
        const found = await directory.institution(institution);
        if (found === undefined || !covers(request.reach, institution)) {
          throw notFound({ kind: 'institution', id: institution });
        }
      }
      const page = await directory.page();
      const below = institution === undefined ? undefined : page.subtree(institution);
      const buildings = [...page.buildings.values()]
        .filter((building) => covers(request.reach, building.institution))
        .filter((building) => below === undefined || below.has(building.institution ?? ''))
        .sort((a, b) => byName(a, b));
      return { buildings: buildings.map(({ id, name, institution }) => ({ id, name, institution })) };
    },
  );
}

interface Node {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
}

/** Parents before their children; an institution whose parent is not visible stands at the top. */
export function asTree(nodes: readonly Node[]): (Node & { depth: number })[] {
  const visible = new Set(nodes.map(({ id }) => id));
  const children = new Map<string | null, Node[]>();
  for (const node of [...nodes].sort(byName)) {
    const parent = node.parent !== null && visible.has(node.parent) ? node.parent : null;
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [node]);
    else list.push(node);
  }
  const result: (Node & { depth: number })[] = [];
  const add = (parent: string | null, depth: number) => {
    for (const { id, name } of children.get(parent) ?? []) {
      result.push({ id, name, parent, depth });
      add(id, depth + 1);
    }
  };
  add(null, 0);
  return result;
}

const collator = new Intl.Collator('zh-CN');

function byName(a: { id: string; name: string }, b: { id: string; name: string }): number {
  return collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}
