package org.webhookbroker.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Two things that are measured in turns, A B A B, since the machine is not the same from minute to minute: what counts is the median of the
 * ratios within a turn.
 */
final class Turns {
    private final List<Figures> ours = new ArrayList<>();
    private final List<Figures> others = new ArrayList<>();

    static Turns run(int count, Callable<Figures> ours, Callable<Figures> others) throws Exception {
        Turns turns = new Turns();
        for (int i = 0; i < count; i++) {
            turns.others.add(others.call());
            turns.ours.add(ours.call());
        }
        return turns;
    }

    /** Medians. */
    Figures ours() {
        return Figures.medians(ours);
    }

    Figures others() {
        return Figures.medians(others);
    }

    double ratio(String name) {
        return Figures.median(ratios(name));
    }

    /** Of each turn, ours to the others'. */
    List<Double> ratios(String name) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            ratios.add(ours.get(i).get(name) / others.get(i).get(name));
        }
        return ratios;
    }
}
