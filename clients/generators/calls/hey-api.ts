import { client } from "../made/hey-api/client.gen";
import * as api from "../made/hey-api";
import { API, CSV, TOKEN, check, done } from "./checks";

client.setConfig({ baseUrl: API, auth: TOKEN });

const page = await api.listDeals({ query: { per_page: 2, sort_by: "value", sort_dir: "DESC" } });
check("list", page.data?.data.length === 2);
check("get", (await api.getDeal({ path: { id: 10 } })).data?.data.name === "Acme Enterprise License");
const made = await api.createDeal({ body: { name: "Typed", stage_id: 1, value: 100 } });
const id = made.data?.data.id ?? 0;
const path = { id };
check("create", id > 200);
const change: api.DealInput = { name: "Typed", stage_id: 1, value: null };
check("update", (await api.updateDeal({ path, body: change })).data?.data.value === null);
check("move", (await api.moveDealToStage({ path, body: { stage_id: 4 } })).data?.data.stage_id === 4);
check("note", (await api.createDealNote({ path, body: { content: "Hello" } })).response?.status === 201);
check("task", (await api.createDealTask({ path, body: { title: "Call" } })).data?.data.priority === "medium");
check("import", (await api.importDeals({ body: { file: CSV } })).data?.data.created === 1);
check("export", (await api.exportDeals({ parseAs: "text" })).data?.includes("From a file") === true);
check("an error", (await api.getDeal({ path: { id: 99_999 } })).error?.message === "Deal 99999 not found");
done();
