import { describe, expect, it } from 'vitest';
import { PROBLEM_MEDIA_TYPE, type ProblemDetails, problemDetails } from '../../src/http/problem-details.ts';

describe('problemDetails', () => {
  it('writes its members in the order of the RFC, and extensions behind them', () => {
    const problem = {
      balance: 30,
      instance: '/account/12345/msgs/abc',
      detail: 'Your current balance is 30, but that costs 50.',
      accounts: ['/account/12345'],
      status: 403,
      title: 'You do not have enough credit.',
      type: 'https://example.com/probs/out-of-credit',
    };
    expect(problemDetails(problem)).toBe(
      '{"type":"https://example.com/probs/out-of-credit","title":"You do not have enough credit.","status":403,' +
        '"detail":"Your current balance is 30, but that costs 50.","instance":"/account/12345/msgs/abc",' +
        '"balance":30,"accounts":["/account/12345"]}',
    );
    expect(JSON.parse(problemDetails(problem))).toEqual(problem);
  });

  it('leaves out what is undefined, and keeps what is null or empty', () => {
    expect(problemDetails({ status: 401, title: undefined, scope: undefined, detail: '', realm: null })).toBe(
      '{"status":401,"detail":"","realm":null}',
    );
  });

  it('writes no default', () => {
    expect(problemDetails({ status: 503 })).toBe('{"status":503}');
  });

  it.each([99, 600, 0, -401, 401.5, Number.NaN, Infinity, '401', null, undefined])(
    'refuses the status %o',
    (status) => {
      expect(() => problemDetails({ status } as unknown as ProblemDetails)).toThrow(TypeError);
      expect(() => problemDetails({ status } as unknown as ProblemDetails)).toThrow(/status/);
    },
  );

  it.each([100, 200, 599])('takes the status %i', (status) => {
    expect(JSON.parse(problemDetails({ status }))).toEqual({ status });
  });

  it('is changed by nothing that an extension is called', () => {
    const extensions = JSON.parse('{"__proto__":{"status":200},"constructor":1,"hasOwnProperty":2}');
    const text = problemDetails({ ...extensions, status: 401 });
    expect(JSON.parse(text).status).toBe(401);
    expect(text).toContain('"__proto__":{"status":200}');
    expect({}).not.toHaveProperty('status');
  });

  it('escapes what would end a string', () => {
    expect(problemDetails({ status: 401, detail: '"\\\r\n\u0000\ud800' })).toBe(
      '{"status":401,"detail":"\\"\\\\\\r\\n\\u0000\\ud800"}',
    );
  });

  it('has its media type', () => {
    expect(PROBLEM_MEDIA_TYPE).toBe('application/problem+json');
  });
});
