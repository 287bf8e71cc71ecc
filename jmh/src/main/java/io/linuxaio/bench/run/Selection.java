package io.linuxaio.bench.run;

import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Variants;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The selection of contenders. */
final class Selection {
    private Selection() {}

    /**
     * Everyone who is there.
     *
     * @param program the C program; need not be there
     * @param traced whether system calls are counted
     * @param flags for the JVMs of variants
     * @param missing hears of those who are not there, and why
     */
    static List<Contender> all(Path program, boolean traced, List<String> flags, Consumer<String> missing) {
        List<Contender> all = new ArrayList<>();
        if (Files.isExecutable(program)) {
            all.addAll(CContender.all(program, traced));
        } else {
            missing.accept("no C compiler, so no C program and no ratios: apt install gcc libc6-dev");
        }
        for (Variant variant : Variants.all()) {
            all.add(new JavaContender(variant, flags, traced));
        }
        Variants.broken().forEach(broken -> missing.accept("cannot be loaded: " + broken));
        if (!Programs.isInstalled("fio")) {
            missing.accept("fio is not installed, so there are no rows of it: apt install fio");
        } else if (!traced) {
            all.addAll(FioContender.all());
        }
        return all;
    }

    /**
     * Returns the contenders that match one of the words: a name, in which * stands for anything, or a group. The references of the C
     * program stay where anyone is compared with them.
     *
     * @throws BenchException if a word matches none
     */
    static List<Contender> of(List<Contender> all, List<String> words) {
        for (String word : words) {
            if (all.stream().noneMatch(contender -> matches(contender, word))
                    && !List.of("linux-aio", "peers", "c", "fio").contains(word)) {
                throw new BenchException("no variant is named " + word + "; --list prints all of them");
            }
        }
        List<Contender> chosen = all.stream()
                .filter(contender -> words.stream().anyMatch(word -> matches(contender, word)))
                .toList();
        List<Contender> withReferences = new ArrayList<>();
        for (Contender contender : all) {
            boolean wanted = contender instanceof CContender c
                    && c.isReference()
                    && chosen.stream().anyMatch(each -> each.policy() == c.policy());
            if (wanted || chosen.contains(contender)) {
                withReferences.add(contender);
            }
        }
        return withReferences;
    }

    private static boolean matches(Contender contender, String word) {
        String pattern = Pattern.quote(word).replace("*", "\\E.*\\Q");
        return word.equals("all")
                || contender.group().equals(word)
                || contender.name().matches(pattern);
    }
}
