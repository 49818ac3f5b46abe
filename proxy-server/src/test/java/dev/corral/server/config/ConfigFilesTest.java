package dev.corral.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.RoleLimits;
import dev.corral.core.policy.LoadOption;
import dev.corral.core.policy.ModelName;
import dev.corral.core.policy.OptionRule;
import dev.corral.core.policy.RolePolicy;
import dev.corral.core.spi.EndpointGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that ship in {@code config/}. */
class ConfigFilesTest {
    private static final Path CONFIG = Path.of("..", "config");

    private static ConfigResult read(String name) {
        return new ConfigReader(Configs.ENVIRONMENT).read(CONFIG.resolve(name).toAbsolutePath(), Overrides.NONE);
    }

    private static String text(String name) throws IOException {
        return Files.readString(CONFIG.resolve(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"home.yaml", "lab.yaml", "business.yaml", "reference.yaml"})
    void shippedFile_isReadWithoutProblemOrWarning(String name) {
        ConfigResult result = read(name);

        assertThat(result).isInstanceOf(ConfigResult.Valid.class);
        assertThat(result.warnings()).isEmpty();
    }

    @Test
    void everyShippedFile_isTestedHere() throws IOException {
        try (Stream<Path> files = Files.list(CONFIG)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".yaml")))
                    .containsExactlyInAnyOrder("home.yaml", "lab.yaml", "business.yaml", "reference.yaml");
        }
    }

    @Test
    void home_openedToTheNetworkAsItsCommentSays_warnsOnce() throws IOException {
        String opened = text("home.yaml").replace("\nlisten:", "\n#listen:").replace("\n# listen:", "\nlisten:");

        assertThat(Configs.warnings(opened))
                .singleElement()
                .asString()
                .contains("\"0.0.0.0:11435\" is reachable from other machines without TLS");
    }

    @Test
    void labAndBusiness_openTheAccountToNobody() {
        Stream.of("lab.yaml", "business.yaml")
                .forEach(name -> assertThat(Configs.valid(read(name)).roles().values())
                        .allSatisfy(role -> assertThat(role.groups())
                                .doesNotContain(EndpointGroup.ACCOUNT, EndpointGroup.WEB, EndpointGroup.PUSH)));
    }

    @Test
    void lab_hasTheRolesOfALab() {
        assertThat(Configs.valid(read("lab.yaml")).roles()).containsOnlyKeys("user", "admin", "student", "teacher");
    }

    @Test
    void lab_loadsAModelWithOneContextForAllStudents() {
        RolePolicy student = policy("lab.yaml", "student");

        assertThat(contextOf(student, "llama3.1:8b")).isEqualTo(new OptionRule.Pin("8192"));
        assertThat(contextOf(student, "qwen3-coder:30b")).isEqualTo(new OptionRule.Pin("32768"));
        assertThat(student.models().opens(name("llama3.1:70b-instruct-q4_0"))).isFalse();
        assertThat(contextOf(policy("lab.yaml", "teacher"), "llama3.1:8b"))
                .isEqualTo(new OptionRule.Clamp(2048, 65_536));
    }

    @Test
    void home_showsAChildTheModelsNamedAndNoOthers() {
        RolePolicy child = policy("home.yaml", "child");

        assertThat(child.models().opens(name("llama3.2"))).isTrue();
        assertThat(child.models().opens(name("mistral"))).isFalse();
    }

    @Test
    void lab_limitsStudentsEachAndTogether_andNotTheShippedUser() {
        Map<String, Role> roles = Configs.valid(read("lab.yaml")).roles();
        RoleLimits student = Objects.requireNonNull(roles.get("student")).limits();
        RoleLimits teacher = Objects.requireNonNull(roles.get("teacher")).limits();

        assertThat(student.each().said()).containsOnlyKeys(LimitKind.values());
        assertThat(student.together().limit(LimitKind.TOKENS_PER_DAY)).isEqualTo(5_000_000);
        assertThat(teacher.weight()).isEqualTo(4 * student.weight());
        assertThat(CorralConfig.SHIPPED_ROLES.values()).extracting(Role::limits).containsOnly(RoleLimits.NONE);
    }

    @Test
    void examples_openModelsThatRunElsewhereToNobodyButTheShippedAdmin() {
        Stream.of("home.yaml", "lab.yaml", "business.yaml")
                .flatMap(name -> Configs.valid(read(name)).roles().values().stream())
                .filter(role -> !role.equals(CorralConfig.SHIPPED_ROLES.get("admin")))
                .forEach(role -> assertThat(role.policy().models().cloud()).isFalse());
    }

    @Test
    void business_pullsFromItsNamespacesOnly() {
        RolePolicy admin = policy("business.yaml", "admin");

        assertThat(admin.management().pull()).anyMatch(pattern -> pattern.matches(name("llama3.3")));
        assertThat(admin.management().pull()).noneMatch(pattern -> pattern.matches(name("10.0.0.1/library/x")));
    }

    private static RolePolicy policy(String file, String role) {
        return Objects.requireNonNull(Configs.valid(read(file)).roles().get(role))
                .policy();
    }

    private static OptionRule contextOf(RolePolicy policy, String model) {
        return Objects.requireNonNull(policy.rulesFor(name(model)).load().get(LoadOption.NUM_CTX));
    }

    private static ModelName name(String text) {
        return Objects.requireNonNull(ModelName.parse(text));
    }

    @Test
    void business_asksForAKeyEverywhereAndAnswersOnlyItsChat() {
        CorralConfig config = Configs.valid(read("business.yaml"));

        assertThat(config.core().anonymousLiveness()).isFalse();
        assertThat(config.core().cors().origins()).containsExactly("https://chat.example.com");
        assertThat(config.log().audit().keep()).isEqualTo(100);
    }

    @Test
    void reference_namesEverySettingWithItsTrueDefault() throws IOException {
        Problems problems = new Problems();
        Map<String, Node> named = new LinkedHashMap<>();
        collect("", Objects.requireNonNull(NodeReader.read(text("reference.yaml"), "f", problems)), named);

        assertThat(problems.errors()).isEmpty();
        assertThat(named.keySet()).containsExactlyElementsOf(Settings.paths());
        assertThat(Configs.valid(read("reference.yaml"))).isEqualTo(Configs.defaults());
        Settings.ALL.forEach(setting -> assertThat(Configs.read(EffectiveConfig.write(alone(setting.path(), named))))
                .as(setting.path())
                .isEqualTo(Configs.read("")));
    }

    @Test
    void reference_isWhatTheListOfSettingsSays() throws IOException {
        String expected = ReferenceFile.text();
        if (!expected.equals(text("reference.yaml"))) {
            Files.writeString(Path.of("target", "reference.yaml"), expected);
        }

        assertThat(text("reference.yaml"))
                .as("config/reference.yaml; put proxy-server/target/reference.yaml in its place")
                .isEqualTo(expected);
    }

    @Test
    void settings_areDescribedOnceEachAndEverySectionToo() {
        assertThat(Settings.ALL)
                .allSatisfy(setting -> assertThat(setting.description()).matches("[A-Z/].*\\."));
        assertThat(Settings.paths()).doesNotHaveDuplicates();
        assertThat(Settings.SECTIONS.keySet()).isEqualTo(sectionsOfPaths());
    }

    private static Set<String> sectionsOfPaths() {
        return Settings.paths().stream()
                .flatMap(path -> Stream.iterate(
                                path.lastIndexOf('.'), dot -> dot > 0, dot -> path.lastIndexOf('.', dot - 1))
                        .map(dot -> path.substring(0, dot)))
                .collect(Collectors.toSet());
    }

    /** The paths of settings in the order of the file. */
    private static void collect(String path, Node node, Map<String, Node> into) {
        if (Settings.at(path) != null || !(node instanceof Node.Mapping mapping)) {
            into.put(path, node);
            return;
        }
        mapping.entries().forEach((key, value) -> collect(path.isEmpty() ? key : path + "." + key, value, into));
    }

    private static Node alone(String path, Map<String, Node> named) {
        Node node = Objects.requireNonNull(named.get(path));
        String[] keys = path.split("\\.", -1);
        for (int i = keys.length - 1; i >= 0; i--) {
            node = new Node.Mapping(Map.of(keys[i], node), 0);
        }
        return node;
    }
}
