package io.linuxaio.flashkv.command;

import java.util.List;
import java.util.Map;

/** The facts about the server that commands report. */
public interface ServerFacts {
    /** Returns the text of {@code INFO} by section, in order. */
    Map<String, String> info();

    /** Returns the settings that {@code CONFIG GET} reports. */
    Map<String, String> config();

    /** Returns a line for each client. */
    List<String> clients();

    /** Returns the maximum length of a value, in bytes. */
    int maxValue();
}
