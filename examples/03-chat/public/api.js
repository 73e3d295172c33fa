/** What the node answered instead of a result. */
export class Refused extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title ?? "the node did not answer");
    this.status = problem.status;
    this.code = problem.code;
  }
}

/** Asks an action of the service over HTTP; `Refused` with the problem if it says no. */
export async function ask(method, path, input) {
  const response = await fetch(path, {
    method,
    headers: input === undefined ? {} : { "content-type": "application/json" },
    body: input === undefined ? undefined : JSON.stringify(input),
  }).catch(() => {
    throw new Refused({ detail: "The server cannot be reached.", code: "AWAY" });
  });
  if (response.status === 204) return undefined;
  const answer = await response.json().catch(() => ({ status: response.status }));
  if (!response.ok) throw new Refused({ status: response.status, ...answer });
  return answer;
}
