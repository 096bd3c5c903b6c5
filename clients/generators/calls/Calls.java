import java.io.File;
import java.math.BigDecimal;
import java.nio.file.Files;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.DealsApi;
import org.openapitools.client.api.FilesApi;
import org.openapitools.client.api.NotesApi;
import org.openapitools.client.api.TasksApi;
import org.openapitools.client.model.DealInput;
import org.openapitools.client.model.DealSaved;
import org.openapitools.client.model.NoteInput;
import org.openapitools.client.model.Priority;
import org.openapitools.client.model.StageMove;
import org.openapitools.client.model.TaskInput;

/** Ten calls with the Java client of openapi-generator. */
public class Calls {
    private static int held = 0;

    private static void check(String claim, boolean holds) {
        if (!holds) {
            throw new IllegalStateException("not so: " + claim);
        }
        held++;
    }

    public static void main(String[] arguments) throws Exception {
        ApiClient client = new ApiClient();
        client.setBasePath(System.getenv("API"));
        client.setBearerToken(System.getenv("TOKEN"));
        DealsApi deals = new DealsApi(client);
        FilesApi files = new FilesApi(client);

        check("list", deals.listDeals(1, 2, null, null, null, null, null, null, null, null, null, null, null).getData().size() == 2);
        check("get", deals.getDeal(10).getData().getName().equals("Acme Enterprise License"));
        DealInput input = new DealInput().name("Typed").stageId(1).value(BigDecimal.valueOf(100));
        DealSaved made = deals.createDeal(input);
        int id = made.getData().getId();
        check("create", id > 200);
        DealSaved changed = deals.updateDeal(id, input.value(BigDecimal.valueOf(250)));
        check("update", changed.getData().getValue().intValue() == 250);
        check("move", deals.moveDealToStage(id, new StageMove().stageId(4)).getData().getStageId() == 4);
        check("note", new NotesApi(client).createDealNote(id, new NoteInput().content("Hello")).getData().getId() > 0);
        Priority priority = new TasksApi(client).createDealTask(id, new TaskInput().title("Call")).getData().getPriority();
        check("task", priority == Priority.MEDIUM);
        File csv = File.createTempFile("deals", ".csv");
        csv.deleteOnExit();
        Files.writeString(csv.toPath(), "name,stage_name\nFrom a file,Lead\n");
        check("import", files.importDeals(csv).getData().getCreated() == 1);
        check("export", files.exportDeals().contains("From a file"));
        try {
            deals.getDeal(99_999);
        } catch (ApiException error) {
            check("an error", error.getCode() == 404 && error.getResponseBody().contains("Deal 99999 not found"));
        }
        System.out.println(held + " calls as expected");
    }
}
