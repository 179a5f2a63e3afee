// Requests that Node cannot read reach no route: they are answered on their socket, as a problem document too.
import type { Socket } from 'node:net';
import { errorTitle } from '../../core/domain/error-titles.ts';
import { wordsOf } from '../../core/domain/message.ts';
import { problemType } from './problem.ts';
import { sayOfRequests } from './said.ts';

/** What a client sent that is no HTTP: an address with characters that must be percent-encoded, headers that are too long, silence. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  // Nobody is there any more.
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, reason, code, said] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ([408, 'Request Timeout', 'api.bad-request', 'request.slow'] as const)
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? ([431, 'Request Header Fields Too Large', 'api.bad-request', 'request.headers'] as const)
        : ([400, 'Bad Request', 'api.bad-request', 'request.unreadable'] as const);
  const detail = sayOfRequests(said);
  const body = JSON.stringify({
    type: `urn:jieyue:error:${code}`,
    title: errorTitle(code, 'en'),
    status,
    // Who sends this is told in both languages: which one was asked for is not known.
    detail: `${wordsOf(detail, 'en')} / ${wordsOf(detail, 'zh-CN')}`,
    code,
  });
  if (socket.writable) {
    const head = `HTTP/1.1 ${status} ${reason}\r\ncontent-type: ${problemType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
    socket.write(`${head}connection: close\r\n\r\n${body}`);
  }
  socket.destroySoon();
}
