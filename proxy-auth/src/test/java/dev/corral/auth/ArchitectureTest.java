package dev.corral.auth;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses AUTH = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.corral.auth");

    @Test
    void auth_knowsNoNetty() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(AUTH);
    }

    @Test
    void auth_knowsOnlySpiAndErrorsOfCore() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.corral.auth..",
                        "dev.corral.core.spi",
                        "dev.corral.core.error",
                        "java..",
                        "javax.net.ssl",
                        "javax.security.auth.x500",
                        "com.fasterxml.jackson.core..",
                        "com.github.benmanes.caffeine.cache",
                        "com.nimbusds..",
                        "org.jspecify.annotations",
                        "org.slf4j")
                .check(AUTH);
    }

    @Test
    void packages_areFreeOfCycles() {
        slices().matching("dev.corral.auth.(*)..").should().beFreeOfCycles().check(AUTH);
    }

    @Test
    void schemesAndRules_knowNoKeys() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.corral.auth.scheme", "dev.corral.auth.rule")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.corral.auth.key")
                .check(AUTH);
    }

    @Test
    void time_comesFromTheClockOnly() {
        noClasses()
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .check(AUTH);
    }

    @Test
    void statics_areFinal() {
        fields().that().areStatic().should().beFinal().check(AUTH);
    }
}
