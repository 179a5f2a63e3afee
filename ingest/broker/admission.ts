// Who is let in: checks name and password, with a bound on how many are checked at once (hashing costs processor time).
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { agentUser, type User } from './access.ts';

export interface Credentials {
  /** Agents' passwords, as the registry keeps them. */
  readonly agents: { verify(id: string, password: string): Promise<boolean> };
  /** Ingest's own user, made up by the process that starts broker and ingest. An agent of this name is shut out. */
  readonly internal: { readonly user: string; readonly password: string };
}

export type Admission =
  | { readonly user: User }
  | { readonly refused: 'credentials' | 'busy' | 'unavailable'; readonly reason: string };

export class Doorkeeper {
  readonly #credentials: Credentials;
  readonly #atOnce: number;
  readonly #salt = randomBytes(32);
  #checking = 0;

  /** `atOnce`: checks under way at most; a connection beyond is told to come back. */
  constructor(credentials: Credentials, atOnce: number) {
    this.#credentials = credentials;
    this.#atOnce = atOnce;
  }

  async admit(name: string | undefined, password: string | undefined): Promise<Admission> {
    if (name === undefined || name === '') return { refused: 'credentials', reason: 'no user name' };
    if (password === undefined || password === '') return { refused: 'credentials', reason: 'no password' };
    const { internal, agents } = this.#credentials;
    if (name === internal.user) {
      return this.#same(password, internal.password)
        ? { user: { kind: 'internal' } }
        : { refused: 'credentials', reason: 'wrong password' };
    }
    const user = agentUser(name);
    if (user === undefined) return { refused: 'credentials', reason: 'the user name is no agent id' };
    if (this.#checking >= this.#atOnce) {
      return { refused: 'busy', reason: `${this.#atOnce} password checks are under way` };
    }
    this.#checking++;
    try {
      const right = await agents.verify(name, password);
      return right ? { user } : { refused: 'credentials', reason: 'unknown agent or wrong password' };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { refused: 'unavailable', reason: `passwords cannot be checked: ${why}` };
    } finally {
      this.#checking--;
    }
  }

  /** Compares in a time that does not tell how much was right. */
  #same(given: string, wanted: string): boolean {
    const digest = (text: string) => createHmac('sha256', this.#salt).update(text).digest();
    return timingSafeEqual(digest(given), digest(wanted));
  }
}
