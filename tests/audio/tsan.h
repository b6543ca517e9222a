// Suppressions for libraries that ThreadSanitizer cannot see into: FluidSynth loads
// SoundFonts with OpenMP; ALSA's plugins and PipeWire share memory with PortAudio's
// thread.
#ifndef TESTS_TSAN_H
#define TESTS_TSAN_H

const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void) {
    return "called_from_lib:libgomp.so\n"
           "race:libgomp.so\n"
           "called_from_lib:libasound.so\n"
           "deadlock:libasound.so\n"
           "race:libpipewire-0.3.so\n"
           "mutex:libspa-support.so\n";
}

#endif
