"""What the mock answers, read by the models of datamodel-code-generator; they are no client."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import models
from checks import API, TOKEN, check, done


def ask(path: str, body: models.BaseModel | None = None, method: str = "GET") -> str:
    data = None if body is None else body.model_dump_json(exclude_unset=True).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(API + path, data, headers, method=method)) as answer:
            return answer.read().decode()
    except HTTPError as error:
        return error.read().decode()


check("list", len(models.DealPage.model_validate_json(ask("/deals?per_page=2")).data) == 2)
check("get", models.DealAnswer.model_validate_json(ask("/deals/10")).data.name == "Acme Enterprise License")
deal = models.DealInput(name="Typed", stage_id=1, value=100)
made = models.DealSaved.model_validate_json(ask("/deals", deal, "POST")).data
check("create", made.id > 200)
change = models.DealInput(name="Typed", stage_id=1, value=None)
changed = models.DealSaved.model_validate_json(ask(f"/deals/{made.id}", change, "PUT"))
check("update", changed.data.value is None)
moved = ask(f"/deals/{made.id}/stage", models.StageMove(stage_id=4), "PUT")
check("move", models.DealSaved.model_validate_json(moved).data.stage_id == 4)
note = ask(f"/deals/{made.id}/notes", models.NoteInput(content="Hello"), "POST")
check("note", models.NoteSaved.model_validate_json(note).data.content == "Hello")
task = ask(f"/deals/{made.id}/tasks", models.TaskInput(title="Call"), "POST")
check("task", models.TaskSaved.model_validate_json(task).data.priority is models.Priority.medium)
check("pipeline", len(models.PipelineAnswer.model_validate_json(ask("/deals/pipeline")).data) == 6)
check("export", "Acme Enterprise License" in ask("/deals/export"))
missing = models.ErrorAnswer.model_validate_json(ask("/deals/99999"))
check("an error", missing.message == "Deal 99999 not found")
done()
