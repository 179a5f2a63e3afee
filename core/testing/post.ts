// Calls that write, with a key, for tests of routes.
import type { Answer, TestApi } from './test-api.ts';

/** POST of JSON, or of bytes or text with their content type. */
export async function post(
  api: TestApi,
  url: string,
  payload: unknown,
  options: { key: string; type?: string; language?: string },
): Promise<Answer> {
  const response = await api.app.inject({
    method: 'POST',
    url,
    headers: {
      authorization: `Bearer ${options.key}`,
      'content-type': options.type ?? 'application/json',
      ...(options.language === undefined ? {} : { 'accept-language': options.language }),
    },
    payload: payload as string,
  });
  const isJson = String(response.headers['content-type']).includes('json');
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    body: isJson && response.body !== '' ? response.json() : undefined,
  };
}
