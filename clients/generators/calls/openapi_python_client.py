"""Ten calls with openapi-python-client."""

from io import BytesIO

from checks import API, CSV, TOKEN, check, done
from revenue_orbit_deals_api_client import AuthenticatedClient, models
from revenue_orbit_deals_api_client.api.deals import (
    create_deal,
    get_deal,
    list_deals,
    move_deal_to_stage,
    update_deal,
)
from revenue_orbit_deals_api_client.api.files import export_deals, import_deals
from revenue_orbit_deals_api_client.api.notes import create_deal_note
from revenue_orbit_deals_api_client.api.tasks import create_deal_task
from revenue_orbit_deals_api_client.types import File

client = AuthenticatedClient(base_url=API, token=TOKEN)

page = list_deals.sync(client=client, per_page=2)
check("list", isinstance(page, models.DealPage) and len(page.data) == 2)
deal = get_deal.sync(10, client=client)
check("get", isinstance(deal, models.DealAnswer) and deal.data.name == "Acme Enterprise License")
made = create_deal.sync(client=client, body=models.DealInput(name="Typed", stage_id=1, value=100))
check("create", isinstance(made, models.DealSaved) and made.data.id > 200)
assert isinstance(made, models.DealSaved)
id_ = made.data.id
changed = update_deal.sync(id_, client=client, body=models.DealInput(name="Typed", stage_id=1, value=None))
check("update", isinstance(changed, models.DealSaved) and changed.data.value is None)
moved = move_deal_to_stage.sync(id_, client=client, body=models.StageMove(stage_id=4))
check("move", isinstance(moved, models.DealSaved) and moved.data.stage_id == 4)
note = create_deal_note.sync(id_, client=client, body=models.NoteInput(content="Hello"))
check("note", isinstance(note, models.NoteSaved) and note.data.content == "Hello")
task = create_deal_task.sync(id_, client=client, body=models.TaskInput(title="Call"))
check("task", isinstance(task, models.TaskSaved) and task.data.priority == models.Priority.MEDIUM)
file = models.ImportDealsBody(file=File(BytesIO(CSV), file_name="deals.csv", mime_type="text/csv"))
sent = import_deals.sync(client=client, body=file)
check("import", isinstance(sent, models.ImportAnswer) and sent.data.created == 1)
check("export", b"From a file" in export_deals.sync_detailed(client=client).content)
missing = get_deal.sync(99_999, client=client)
check("an error", isinstance(missing, models.ErrorAnswer) and missing.message == "Deal 99999 not found")
done()
