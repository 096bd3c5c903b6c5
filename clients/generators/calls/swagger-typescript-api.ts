import { Api, type DealInput } from "../made/swagger-typescript-api/api";
import { API, CSV, TOKEN, check, done } from "./checks";

const api = new Api({ baseUrl: API, baseApiParams: { headers: { Authorization: `Bearer ${TOKEN}` } } });

check("list", (await api.deals.listDeals({ per_page: 2 })).data.data.length === 2);
check("get", (await api.deals.getDeal(10)).data.data.name === "Acme Enterprise License");
const { id } = (await api.deals.createDeal({ name: "Typed", stage_id: 1, value: 100 })).data.data;
check("create", id > 200);
const change: DealInput = { name: "Typed", stage_id: 1, value: null };
check("update", (await api.deals.updateDeal(id, change)).data.data.value === null);
check("move", (await api.deals.moveDealToStage(id, { stage_id: 4 })).data.data.stage_id === 4);
check("note", (await api.deals.createDealNote(id, { content: "Hello" })).status === 201);
check("task", (await api.deals.createDealTask(id, { title: "Call" })).data.data.priority === "medium");
check("import", (await api.deals.importDeals({ file: CSV })).data.data.created === 1);
check("export", (await (await api.deals.exportDeals()).text()).includes("From a file"));
const refused = await api.deals.getDeal(99_999).catch((answer) => answer.error.message);
check("an error", refused === "Deal 99999 not found");
done();
