package dev.corral.core;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.corral.core.exchange.FrontHandler;
import dev.corral.core.http.FlowGate;
import dev.corral.core.http.LingeringClose;
import dev.corral.core.policy.Ask;
import dev.corral.core.spi.NanoClock;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The rules of the architecture that a compiler does not know. */
final class ArchitectureTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
            .importPackages("dev.corral.core");

    private static final String ROOT = "dev.corral.core";
    private static final String SPI = "dev.corral.core.spi..";
    private static final String ERROR = "dev.corral.core.error..";
    private static final String HTTP = "dev.corral.core.http..";
    private static final String ROUTE = "dev.corral.core.route..";
    private static final String POLICY = "dev.corral.core.policy..";
    private static final String BODY = "dev.corral.core.body..";
    private static final String UPSTREAM = "dev.corral.core.upstream..";
    private static final String METER = "dev.corral.core.meter..";
    private static final String ADMIT = "dev.corral.core.admit..";
    private static final String TLS = "dev.corral.core.tls..";
    private static final String EXCHANGE = "dev.corral.core.exchange..";
    private static final String HTTP2 = "dev.corral.core.http2..";

    @Test
    void theRulesLookAtSomething() {
        assertThat(CORE).hasSizeGreaterThan(60);
        assertThat(CORE.contain(FrontHandler.class)).isTrue();
        assertThat(CORE.contain(ArchitectureTest.class)).isFalse();
    }

    /**
     * Two owners of a channel's reading would hang or flood it. LingeringClose takes over when all others are gone, and
     * TrustCheck has given back what it took before the others are there.
     */
    @Test
    void onlyFlowGate_turnsReadingOffAndOn() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(FlowGate.class, LingeringClose.class)
                .and()
                .doNotHaveFullyQualifiedName("dev.corral.core.tls.TrustCheck")
                .should()
                .callMethodWhere(calls(ChannelConfig.class, "setAutoRead"))
                .check(CORE);
    }

    @Test
    void handlersThatCollectCompressOrAnswerBehindOurBack_areNotUsed() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(
                        HttpObjectAggregator.class,
                        HttpContentCompressor.class,
                        HttpServerKeepAliveHandler.class,
                        HttpServerExpectContinueHandler.class)
                .check(CORE);
    }

    /** Time comes from NanoClock, so that tests can advance it; but lateness and the end of a drain are the machine's. */
    @Test
    void onlyTheClockAndTheMachinesOwnLateness_readTheTime() {
        DescribedPredicate<JavaAccess<?>> reading = DescribedPredicate.describe(
                "reading the time outside NanoClock, the tick of Deadlines and ProxyCore.drain",
                access -> access.getTargetOwner().isEquivalentTo(System.class)
                        && (access.getName().equals("nanoTime")
                                || access.getName().equals("currentTimeMillis"))
                        && !mayReadTime(access));
        noClasses().should().accessTargetWhere(reading).check(CORE);
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "now() of java.time",
                        call -> call.getTargetOwner().getPackageName().equals("java.time")
                                && call.getName().equals("now")))
                .check(CORE);
    }

    private static boolean mayReadTime(JavaAccess<?> access) {
        JavaClass owner = access.getOriginOwner();
        String where = access.getOrigin().getName();
        return owner.getName().startsWith(NanoClock.class.getName() + "$")
                || owner.getName().equals("dev.corral.core.exchange.Deadlines") && where.equals("start")
                || owner.getName().startsWith("dev.corral.core.exchange.Deadlines$") && where.equals("run")
                || owner.isEquivalentTo(ProxyCore.class) && (where.equals("drain") || where.equals("lookForEnd"));
    }

    @Test
    void nothingOnAnEventLoop_blocks() {
        DescribedPredicate<JavaAccess<?>> blocking = DescribedPredicate.describe(
                "sync, await, join, sleep or a wait for a lock",
                access -> access.getName().startsWith("sync")
                                && access.getTargetOwner().getPackageName().startsWith("io.netty")
                        || access.getName().startsWith("await")
                                && !access.getTargetOwner().getPackageName().startsWith(ROOT)
                        || access.getName().equals("sleep")
                        || access.getName().equals("join")
                                && !access.getTargetOwner().getPackageName().startsWith(ROOT)
                                && !access.getTargetOwner().isEquivalentTo(String.class)
                        || access.getName().startsWith("park")
                                && access.getTargetOwner().getPackageName().startsWith("java.util.concurrent"));
        noClasses()
                .that()
                .resideInAnyPackage(HTTP2, EXCHANGE, HTTP, ROUTE, BODY, METER, ADMIT, TLS)
                .should()
                .accessTargetWhere(blocking)
                .check(CORE);
        noClasses()
                .that()
                .resideInAnyPackage(HTTP2, EXCHANGE, HTTP, ROUTE, BODY, METER, ADMIT)
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.io..", "java.nio.file..", "java.net.http..")
                        .and(not(DescribedPredicate.describe(
                                "IOException", one -> one.isEquivalentTo(IOException.class))))
                        .and(not(DescribedPredicate.describe(
                                "Serializable, which every throwable, enum and lambda is",
                                one -> one.isEquivalentTo(java.io.Serializable.class)))))
                .check(CORE);
    }

    /** An exchange is confined to its event loop: a lock would hide that it is not. */
    @Test
    void nothingInAnExchange_isLocked() {
        noClasses()
                .that()
                .resideInAnyPackage(EXCHANGE, HTTP2)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent.locks..")
                .check(CORE);
        fields().that()
                .areDeclaredInClassesThat()
                .resideInAPackage(EXCHANGE)
                .and()
                .areNotDeclaredIn("dev.corral.core.exchange.Shared")
                .should()
                .notHaveModifier(JavaModifier.VOLATILE)
                .check(CORE);
    }

    @Test
    void nothingStatic_changes() {
        fields().that().areStatic().should().beFinal().check(CORE);
    }

    @Test
    void sharableHandlers_haveNoState() {
        fields().that()
                .areDeclaredInClassesThat()
                .areAnnotatedWith(ChannelHandler.Sharable.class)
                .should()
                .beFinal()
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void policyPackages_knowNeitherNettyNorTheRestOfCore() {
        noClasses()
                .that()
                .resideInAnyPackage(SPI, ERROR)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.netty..", ROOT, HTTP, ROUTE, BODY, POLICY, UPSTREAM, METER, ADMIT, TLS, EXCHANGE)
                .check(CORE);
        noClasses()
                .that()
                .resideInAPackage(ERROR)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(SPI)
                .check(CORE);
    }

    @Test
    void lowerPackages_doNotKnowHigherOnes() {
        forbid(EXCHANGE, HTTP2);
        forbid(HTTP2, TLS);
        forbid(TLS, ROUTE, BODY, POLICY, UPSTREAM, METER, ADMIT, EXCHANGE, HTTP2);
        forbid(HTTP, TLS, ROUTE, BODY, POLICY, UPSTREAM, METER, ADMIT, EXCHANGE);
        forbid(ROUTE, HTTP, BODY, POLICY, UPSTREAM, METER, ADMIT, EXCHANGE);
        forbid(BODY, HTTP, ROUTE, POLICY, UPSTREAM, METER, ADMIT, EXCHANGE);
        forbid(POLICY, HTTP, ROUTE, UPSTREAM, METER, ADMIT, EXCHANGE);
        forbid(UPSTREAM, ROUTE, BODY, METER, EXCHANGE);
        forbid(METER, HTTP, ROUTE, UPSTREAM, ADMIT, EXCHANGE);
        forbid(ADMIT, HTTP, ROUTE, BODY, POLICY, METER, EXCHANGE);
    }

    /** A meter knows of a request what it asks for, and of an answer its bytes. */
    @Test
    void meters_knowBuffersAndWhatWasAskedFor() {
        noClasses()
                .that()
                .resideInAPackage(METER)
                .should()
                .dependOnClassesThat(resideInAPackage(POLICY)
                        .and(not(DescribedPredicate.describe("Ask", one -> one.isEquivalentTo(Ask.class)))))
                .check(CORE);
        noClasses()
                .that()
                .resideInAPackage(METER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.channel..", "io.netty.handler..")
                .check(CORE);
    }

    private static void forbid(String from, String... to) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(to)
                .check(CORE);
    }

    /** The facade stands on everything else; what stands under it may know the settings, which are data. */
    @Test
    void nothingUnderTheFacade_knowsIt() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT)
                        .and(not(DescribedPredicate.describe("records", JavaClass::isRecord)))
                        .and(not(DescribedPredicate.describe("enums", JavaClass::isEnum))))
                .check(CORE);
        classes()
                .that()
                .resideInAPackage(ROOT)
                .and(DescribedPredicate.describe("are records", JavaClass::isRecord))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(ROOT, SPI, POLICY, TLS, "java..", "org.jspecify.."))
                .check(CORE);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("dev.corral.core.(*)..").should().beFreeOfCycles().check(CORE);
    }

    @Test
    void core_knowsNoOtherModule() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.corral.auth..", "dev.corral.server..", "ch.qos.logback..", "com.fasterxml..")
                .check(CORE);
    }

    /** With validation off, a header value from anywhere could contain a line end. */
    @Test
    void headers_areNeverBuiltUnvalidated() {
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "withValidation(false) and its like",
                        call -> call.getName().startsWith("withValid")
                                || call.getName().startsWith("withNameValidation")
                                || call.getName().startsWith("withValueValidation")
                                || call.getName().equals("setValidateHeaders")))
                .check(CORE);
    }

    private static DescribedPredicate<JavaAccess<?>> calls(Class<?> owner, String method) {
        return DescribedPredicate.describe(owner.getSimpleName() + "." + method, access -> {
            AccessTarget target = access.getTarget();
            return target.getName().equals(method) && target.getOwner().isAssignableTo(owner);
        });
    }
}
