import { API, TOKEN } from "./checks";

/** What orval's client sends with: the address, the token, and JSON only where the answer is JSON. */
export async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${TOKEN}`);
  const answer = await fetch(`${API}${path}`, { ...init, headers });
  const json = answer.headers.get("Content-Type")?.startsWith("application/json");
  return { data: json ? await answer.json() : await answer.text(), status: answer.status, headers: answer.headers } as T;
}
