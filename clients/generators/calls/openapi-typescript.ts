import createClient from "openapi-fetch";
import type { components, paths } from "../made/openapi-typescript/deals";
import { API, CSV, TOKEN, check, done } from "./checks";

const api = createClient<paths>({ baseUrl: API, headers: { Authorization: `Bearer ${TOKEN}` } });
const at = (id: number) => ({ params: { path: { id } } });

const page = await api.GET("/deals", { params: { query: { per_page: 2, sort_by: "value", sort_dir: "DESC" } } });
check("list", page.data?.data.length === 2);
check("get", (await api.GET("/deals/{id}", at(10))).data?.data.name === "Acme Enterprise License");
const made = await api.POST("/deals", { body: { name: "Typed", stage_id: 1, value: 100 } });
const id = made.data?.data.id ?? 0;
check("create", id > 200);
const change: components["schemas"]["DealInput"] = { name: "Typed", stage_id: 1, value: null };
check("update", (await api.PUT("/deals/{id}", { ...at(id), body: change })).data?.data.value === null);
check("move", (await api.PUT("/deals/{id}/stage", { ...at(id), body: { stage_id: 4 } })).data?.data.stage_id === 4);
check("note", (await api.POST("/deals/{id}/notes", { ...at(id), body: { content: "Hello" } })).response.status === 201);
const task = await api.POST("/deals/{id}/tasks", { ...at(id), body: { title: "Call" } });
check("task", task.data?.data.priority === "medium");
const form = new FormData();
form.append("file", CSV);
const sent = await api.POST("/deals/import", { body: {}, bodySerializer: () => form });
check("import", sent.data?.data.created === 1);
check("export", (await api.GET("/deals/export", { parseAs: "text" })).data?.includes("From a file") === true);
check("an error", (await api.GET("/deals/{id}", at(99_999))).error?.message === "Deal 99999 not found");
done();
