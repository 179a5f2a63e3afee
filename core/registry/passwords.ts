// Password hashes in Mosquitto's `$7$` form: $7$<iterations>$<salt>$<hash>, PBKDF2-HMAC-SHA-512, 64 bytes, base64.
import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);
const hashBytes = 64;
/** Mosquitto reads a salt of this length only. */
export const saltBytes = 12;

/**
 * mosquitto_passwd makes 101 iterations. Mosquitto checks on its one thread, so every connection stops all others for as
 * long as a check takes: 10 000 (about 5 ms) is what a storm of reconnects can bear.
 */
export const defaultIterations = 10_000;

export async function hashPassword(password: string, salt: Buffer, iterations: number): Promise<string> {
  const hash = await derive(password, salt, iterations, hashBytes, 'sha512');
  return `$7$${iterations}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Whether `password` gives `stored`, in constant time; `false` for text that is not of the form. */
export async function matches(password: string, stored: string): Promise<boolean> {
  const [, iterations, salt, hash] =
    /^\$7\$(\d{1,8})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/.exec(stored) ?? [];
  if (iterations === undefined || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  if (Number(iterations) < 1 || expected.length !== hashBytes) return false;
  const found = await derive(password, Buffer.from(salt, 'base64'), Number(iterations), hashBytes, 'sha512');
  return timingSafeEqual(found, expected);
}
