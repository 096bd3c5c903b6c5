import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./deals.js";

export type Deal = components["schemas"]["Deal"];
export type Deals = Client<paths>;

/** A client of the Deals API. Each `world` of the mock has data of its own, so tests do not disturb each other. */
export function dealsClient(baseUrl: string, world?: string): Deals {
  const client = createClient<paths>({ baseUrl });
  if (world !== undefined) {
    client.use({ onRequest: ({ request }) => request.headers.set("X-Mock-World", world) });
  }
  return client;
}

/** Sign in; from then on the client sends the token. */
export async function signIn(client: Deals, email: string, password: string): Promise<void> {
  const { data, error } = await client.POST("/auth/login", { body: { email, password } });
  if (error) throw new Error(error.message);
  client.use({ onRequest: ({ request }) => request.headers.set("Authorization", `Bearer ${data.token}`) });
}
