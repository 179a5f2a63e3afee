// The password of ingest that the processes of one home share.
import { join } from 'node:path';
import { sharedSecret } from '../standalone/secrets.ts';

export function readSecretFile(home: string): string {
  return sharedSecret(join(home, 'ingest.password'));
}
