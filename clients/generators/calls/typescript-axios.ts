import { isAxiosError } from "axios";
import * as api from "../made/typescript-axios";
import { API, CSV, TOKEN, check, done } from "./checks";

const configuration = new api.Configuration({ basePath: API, accessToken: TOKEN });
const deals = new api.DealsApi(configuration);
const files = new api.FilesApi(configuration);

check("list", (await deals.listDeals(1, 2)).data.data.length === 2);
check("get", (await deals.getDeal(10)).data.data.name === "Acme Enterprise License");
const { id } = (await deals.createDeal({ name: "Typed", stage_id: 1, value: 100 })).data.data;
check("create", id > 200);
const change: api.DealInput = { name: "Typed", stage_id: 1, value: null };
check("update", (await deals.updateDeal(id, change)).data.data.value === null);
check("move", (await deals.moveDealToStage(id, { stage_id: 4 })).data.data.stage_id === 4);
check("note", (await new api.NotesApi(configuration).createDealNote(id, { content: "Hello" })).status === 201);
const task = await new api.TasksApi(configuration).createDealTask(id, { title: "Call" });
check("task", task.data.data.priority === "medium");
check("import", (await files.importDeals(CSV)).data.data.created === 1);
check("export", (await files.exportDeals()).data.includes("From a file"));
const error: unknown = await deals.getDeal(99_999).catch((reason: unknown) => reason);
check("an error", isAxiosError<api.ErrorAnswer>(error) && error.response?.data.message === "Deal 99999 not found");
done();
