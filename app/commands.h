// The program's commands. main.c lists them in one table, with what --help says.
//
// A command gets its own arguments, argv[0] being its name, and returns the program's
// exit status: 0 done, 1 failed (one sentence on stderr), 2 used wrongly. Only app/
// prints; nothing but what was asked for goes to stdout.
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

int cmd_continue(int argc, char **argv);
int cmd_play(int argc, char **argv);
int cmd_render(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_eval(int argc, char **argv);
int cmd_score(int argc, char **argv);
int cmd_tokenize(int argc, char **argv);
int cmd_detokenize(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_models(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

#endif
