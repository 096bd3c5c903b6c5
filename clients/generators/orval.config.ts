// What orval has no flag for: a function that sends, since its own reads each answer as JSON, even a CSV file.
export default {
  deals: {
    input: "../../openapi/deals.yaml",
    output: {
      target: "made/orval/deals.ts",
      client: "fetch",
      override: { mutator: { path: "calls/orval-fetch.ts", name: "ask" } },
    },
  },
};
