package dev.corral.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How tests start Java: with the built program and its start-up archive, or where there is none with their own classes. */
public final class ChildJava {
    private ChildJava() {}

    /**
     * A command line up to the name of the class to run.
     *
     * @param options further options of Java
     */
    public static List<String> command(String... options) {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(List.of(options));
        String program = System.getProperty("corral.test.program");
        String archive = System.getProperty("corral.test.archive");
        if (program != null && archive != null) {
            // First, since an archive is good for class paths that begin with what it was made of.
            classes = String.join(System.getProperty("path.separator"), program, classes);
            command.add("-XX:SharedArchiveFile=" + archive);
        }
        command.addAll(List.of("-cp", classes));
        return command;
    }
}
