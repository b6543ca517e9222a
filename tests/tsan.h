// FluidSynth loads soundfonts by OpenMP, whose library ThreadSanitizer does not see into.
#ifndef TESTS_TSAN_H
#define TESTS_TSAN_H

const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void) {
    return "called_from_lib:libgomp.so\nrace:libgomp.so\n";
}

#endif
