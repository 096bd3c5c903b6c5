"""Ten calls with the Python client of openapi-generator."""

import openapi_client as api
from checks import API, CSV, TOKEN, check, done
from openapi_client.exceptions import NotFoundException

client = api.ApiClient(api.Configuration(host=API, access_token=TOKEN))
deals, files = api.DealsApi(client), api.FilesApi(client)

check("list", len(deals.list_deals(per_page=2, sort_by="value", sort_dir="DESC").data) == 2)
check("get", deals.get_deal(10).data.name == "Acme Enterprise License")
made = deals.create_deal(api.DealInput(name="Typed", stage_id=1, value=100)).data
check("create", made.id > 200)
change = api.DealInput(name="Typed", stage_id=1, value=None)
check("update", deals.update_deal(made.id, change).data.value is None)
check("move", deals.move_deal_to_stage(made.id, api.StageMove(stage_id=4)).data.stage_id == 4)
note = api.NotesApi(client).create_deal_note(made.id, api.NoteInput(content="Hello"))
check("note", note.data.content == "Hello")
task = api.TasksApi(client).create_deal_task(made.id, api.TaskInput(title="Call"))
check("task", task.data.priority == "medium")
check("import", files.import_deals(("deals.csv", CSV)).data.created == 1)
check("export", "From a file" in files.export_deals())
try:
    deals.get_deal(99_999)
except NotFoundException as error:
    check("an error", error.data.message == "Deal 99999 not found")
done()
