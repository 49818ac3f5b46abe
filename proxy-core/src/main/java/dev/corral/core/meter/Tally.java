package dev.corral.core.meter;

import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Metering.Source;

/** What has been seen of one answer so far. Confined to one thread. */
final class Tally {
    private static final long UNTOLD = -1;
    // As for prompts: of text that nobody counted.
    private static final long BYTES_PER_TOKEN = 4;

    private boolean ended;
    private boolean counted;
    private long prompt = UNTOLD;
    private long completion;
    private long load = UNTOLD;
    private long promptTime = UNTOLD;
    private long eval = UNTOLD;
    private long total = UNTOLD;
    private long pieces;
    private long first;
    private long last;
    private long longest;

    /** The mark that ends a whole answer came. */
    void end() {
        ended = true;
    }

    boolean ended() {
        return ended;
    }

    /** The upstream told what it counted. */
    void count(long promptTokens, long completionTokens) {
        counted = true;
        prompt = promptTokens;
        completion = completionTokens;
    }

    /** The upstream told how long it thinks the prompt is. */
    void expectPrompt(long tokens) {
        prompt = tokens;
    }

    /** The prompt as told last; negative where it was not. */
    long prompt() {
        return prompt;
    }

    /** How the upstream's own time was spent, all of it and parts; each negative where it is not told. */
    void spend(long totalNanos, long loadNanos, long promptNanos, long evalNanos) {
        total = totalNanos;
        load = loadNanos;
        promptTime = promptNanos;
        eval = evalNanos;
    }

    /** A piece of content came. */
    void piece(long nanos) {
        if (pieces == 0) {
            first = nanos;
        } else {
            longest = Math.max(longest, nanos - last);
        }
        last = nanos;
        pieces++;
    }

    /**
     * What comes of it.
     *
     * @param textBytes of content that came at once; 0 where it came in pieces
     */
    Metering result(long startedNanos, long sentNanos, long endedNanos, long promptEstimate, long textBytes) {
        long estimate = pieces + (textBytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
        // Where it thinks first and then keeps to a format, Ollama asks its runner twice and tells of the second time
        // alone (server/routes.go:ChatHandler). An end may add a piece that is no token.
        boolean toldLess = counted && pieces > completion + 1;
        boolean reported = counted && !toldLess;
        long work = work(Math.max(0, endedNanos - sentNanos));
        return new Metering(
                reported ? Source.REPORTED : Source.ESTIMATED,
                ended,
                prompt != UNTOLD ? prompt : promptEstimate,
                reported ? completion : estimate,
                toldLess ? Math.max(work, total != UNTOLD ? total : Math.max(0, load) + last - first) : work,
                load,
                promptTime,
                eval,
                pieces == 0 ? -1 : first - startedNanos,
                pieces,
                pieces == 0 ? 0 : last - first,
                longest);
    }

    /** What the parts told add up to; else all of it as told, which may include waiting; else the time that passed. */
    private long work(long passed) {
        if (promptTime != UNTOLD || eval != UNTOLD) {
            return Math.max(0, load) + Math.max(0, promptTime) + Math.max(0, eval);
        }
        return total != UNTOLD ? total : passed;
    }
}
