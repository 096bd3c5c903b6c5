// What every file of calls shares: where the mock is, and a count of what held.
export const API = process.env.API ?? "http://127.0.0.1:4010/api";
export const TOKEN = process.env.TOKEN ?? "";
export const CSV = new File(["name,stage_name\nFrom a file,Lead\n"], "deals.csv", { type: "text/csv" });

let held = 0;

/** Ends the program with the claim if it does not hold. */
export function check(claim: string, holds: boolean): void {
  if (!holds) throw new Error(`not so: ${claim}`);
  held += 1;
}

/** What the program prints last. */
export function done(): void {
  console.log(`${held} calls as expected`);
}
