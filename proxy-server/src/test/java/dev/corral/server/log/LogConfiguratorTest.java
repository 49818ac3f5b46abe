package dev.corral.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** What the program makes of it is seen by the tests that start it as a process. */
class LogConfiguratorTest {
    @Test
    void elsewhereThanInTheProgram_theClassPathDecides() {
        LoggerContext context = new LoggerContext();
        assertThat(new LogConfigurator().configure(context)).isEqualTo(Configurator.ExecutionStatus.INVOKE_NEXT_IF_ANY);
        assertThat(context.getLogger("ROOT").iteratorForAppenders().hasNext()).isFalse();
    }

    @Test
    void logback_findsItAsAService() {
        assertThat(ServiceLoader.load(Configurator.class)).anyMatch(LogConfigurator.class::isInstance);
    }
}
