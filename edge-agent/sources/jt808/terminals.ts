// The terminals that the configuration knows, and their codes. Codes are secrets: they leave this file for the terminal alone.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { JieyueError } from '../../../core/domain/errors.ts';
import { readSecret } from '../../../core/runtime/config.ts';
import type { Jt808SourceConfig, Jt808TerminalConfig } from '../../../core/runtime/jt808-config.ts';

export interface Terminal {
  readonly phone: string;
  /** Its name in the store. */
  readonly point: string;
  readonly plate: string | undefined;
  /** Its code was set by hand in it: it is told nobody. */
  readonly byHand: boolean;
  /** Epoch ms of its last good frame after authentication. */
  lastHeardAt: number | null;
}

export class Terminals {
  readonly #config: Jt808SourceConfig;
  readonly #known: ReadonlyMap<string, Terminal>;
  readonly #codes = new Map<string, string>();

  constructor(config: Jt808SourceConfig) {
    this.#config = config;
    this.#known = new Map(
      config.terminals.map(({ phone, point = phone, plate, code, codeFile }) => {
        const byHand = code !== undefined || codeFile !== undefined;
        return [phone, { phone, point, plate, byHand, lastHeardAt: null }];
      }),
    );
  }

  get size(): number {
    return this.#known.size;
  }

  /** Reads the files of secrets. @throws JieyueError `config.missing`, `config.invalid`. */
  load(): void {
    const { name, codeSecret, codeSecretFile, terminals } = this.#config;
    const secret = readSecret({ password: codeSecret, passwordFile: codeSecretFile });
    if (secret !== undefined && secret.length < 16) {
      throw new JieyueError(
        'config.invalid',
        `source "${name}": the secret of codeSecretFile has fewer than 16 characters; make one with: openssl rand -hex 32`,
      );
    }
    for (const terminal of terminals) this.#codes.set(terminal.phone, codeOf(terminal, secret, name));
  }

  /** By phone, leading zeros off. */
  find(phone: string): Terminal | undefined {
    return this.#known.get(phone);
  }

  /** What a registered terminal is told: the code that was made for it, none where one was set by hand. */
  codeFor(terminal: Terminal): string {
    if (terminal.byHand) return '';
    return this.#codes.get(terminal.phone) ?? '';
  }

  /** Takes as long for a wrong code, or for no terminal, as for the right one. */
  isRight(terminal: Terminal | undefined, code: string): boolean {
    const right = terminal === undefined ? undefined : this.#codes.get(terminal.phone);
    const same = timingSafeEqual(digest(code), digest(right ?? ''));
    return same && right !== undefined && right !== '';
  }

  /** When the latest good frame came, epoch ms. */
  lastHeardAt(): number | null {
    let latest: number | null = null;
    for (const { lastHeardAt } of this.#known.values())
      if (lastHeardAt !== null && (latest === null || lastHeardAt > latest)) latest = lastHeardAt;
    return latest;
  }

  /** Terminals that were not heard since `since`, epoch ms. */
  silentSince(since: number): number {
    let silent = 0;
    for (const { lastHeardAt } of this.#known.values())
      if (lastHeardAt === null || lastHeardAt < since) silent++;
    return silent;
  }
}

function codeOf(terminal: Jt808TerminalConfig, secret: string | undefined, source: string): string {
  const { phone, code, codeFile } = terminal;
  const own = readSecret({ password: code, passwordFile: codeFile });
  if (own !== undefined) {
    if (/^[\x21-\x7e]{1,64}$/.test(own)) return own;
    throw new JieyueError(
      'config.invalid',
      `source "${source}": the code in ${codeFile} of terminal ${phone} is not 1 to 64 printable ASCII characters`,
    );
  }
  return createHmac('sha256', secret ?? '')
    .update(phone)
    .digest('base64url')
    .slice(0, 20);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
