package dev.corral.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.corral.server.cli.Main;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses SERVER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
            .importPackages("dev.corral.server");

    @Test
    void theRulesLookAtSomething() {
        assertThat(SERVER).hasSizeGreaterThan(200);
        assertThat(SERVER.contain(Main.class)).isTrue();
        assertThat(SERVER.contain(ArchitectureTest.class)).isFalse();
    }

    @Test
    void insidesOfTheDataPath_areNotUsed() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.corral.core.admit",
                        "dev.corral.core.body",
                        "dev.corral.core.exchange",
                        "dev.corral.core.http",
                        "dev.corral.core.http2",
                        "dev.corral.core.meter",
                        "dev.corral.core.route",
                        "dev.corral.core.upstream")
                .check(SERVER);
    }

    @Test
    void whatIsBuilt_doesNotKnowWhoBuildsIt() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.corral.server.cli", "dev.corral.server.wiring")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.corral.server.cli", "dev.corral.server.wiring")
                .check(SERVER);
        noClasses()
                .that()
                .resideInAPackage("dev.corral.server.wiring")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.corral.server.cli")
                .check(SERVER);
    }

    @Test
    void standIn_knowsNothingOfTheRest() {
        noClasses()
                .that()
                .resideInAPackage("dev.corral.server.demo")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.corral.core..", "dev.corral.auth..")
                .check(SERVER);
    }

    @Test
    void packages_areFreeOfCycles() {
        slices().matching("dev.corral.server.(*)..").should().beFreeOfCycles().check(SERVER);
    }
}
