#include "app/desktop/desktop_parts.h"

static const char *name_of(Steer dial) {
    return command_info(COMMAND_DENSITY + (CommandId)dial)->name;
}

static void say_how(Desktop *d) {
    const char *name = name_of(d->playing.learn.dial);
    if (midi_input_state(d->playing.sound.midi).connected == 0)
        notices_say(&d->notices, CONCERN_INPUT, false,
                    "No MIDI keyboard is connected whose controller could move %s.",
                    name);
    else
        notices_say(
            &d->notices, CONCERN_INPUT, false,
            "Move a controller to bind it to %s. Delete removes the one it has, "
            "Esc cancels.",
            name);
}

static void end(Desktop *d) {
    learn_end(&d->playing.learn);
    notices_unsay(&d->notices, CONCERN_INPUT);
}

void desktop_learn(Desktop *d, int64_t dial) {
    if (dial >= 0 && dial < STEERS) {
        learn_begin(&d->playing.learn, (Steer)dial);
        say_how(d);
    } else if (d->playing.learn.on) {
        end(d);
    } else {
        notices_say(&d->notices, CONCERN_INPUT, false,
                    "Point at a dial, or reach it with Tab, and then press %s.",
                    command_keys(COMMAND_LEARN, 0));
    }
}

void desktop_unlearn(Desktop *d, int64_t dial) {
    if (dial < 0 || dial >= STEERS) return;
    notices_unsay(&d->notices, CONCERN_INPUT);
    if (!learn_forget(&d->playing.learn, d->settings.learned, (Steer)dial)) return;
    notices_say(&d->notices, CONCERN_INPUT, false, "No controller moves %s any more.",
                name_of((Steer)dial));
    desktop_save_settings(d);
}

static void say_learned(Desktop *d, const LearnNews *n) {
    const MidiController *c = &d->settings.learned[n->dial];
    g_autofree char *instead = n->before < 0
                                   ? g_strdup("")
                                   : g_strdup_printf(", and %s no longer",
                                                     name_of((Steer)n->before));
    notices_say(&d->notices, CONCERN_INPUT, false,
                "Controller %d of channel %d moves %s now%s, once it has passed the "
                "dial's place.",
                c->number, c->channel, name_of(n->dial), instead);
}

static void say_waits(Desktop *d, const LearnNews *n, double place) {
    notices_say(&d->notices, CONCERN_INPUT, false,
                "Turn controller %d %s: it moves %s once it has passed the dial's "
                "place.",
                d->settings.learned[n->dial].number, n->at < place ? "up" : "down",
                name_of(n->dial));
}

static void say_pedal(Desktop *d, int number) {
    notices_say(&d->notices, CONCERN_INPUT, false,
                "Controller %d is a pedal and cannot be learned; move another one for "
                "%s.",
                number, name_of(d->playing.learn.dial));
}

// Moves a dial as the mouse does, which cannot move a dial that the model lacks.
static void move(Desktop *d, const LearnNews *n) {
    if (steer_lacks(n->dial, generation_model(&d->writing.generation))) return;
    desktop_carry_out(
        d, &(Command){.id = COMMAND_DENSITY + (CommandId)n->dial, .number = n->at});
}

static LearnNews follow(Desktop *d, MidiController which, int position) {
    double places[STEERS];
    for (Steer i = 0; i < STEERS; i++)
        places[i] = steer_at(i, d->settings.model.steer[i]);
    bool waited = d->playing.learn.waits;
    LearnNews n = learn_follow(&d->playing.learn, d->settings.learned, places, which,
                               position);
    if (n.kind == LEARN_WAIT &&
        !steer_lacks(n.dial, generation_model(&d->writing.generation)))
        say_waits(d, &n, places[n.dial]);
    if (n.kind == LEARN_MOVE && waited) notices_unsay(&d->notices, CONCERN_INPUT);
    return n;
}

void desktop_follow_controllers(Desktop *d) {
    MidiController which;
    int position;
    while (midi_input_read_control(d->playing.sound.midi, &which, &position)) {
        LearnNews n = follow(d, which, position);
        if (n.kind == LEARN_PEDAL) say_pedal(d, which.number);
        if (n.kind == LEARN_MOVE) move(d, &n);
        if (n.kind == LEARN_NEW) {
            say_learned(d, &n);
            desktop_save_settings(d);
        }
    }
}
