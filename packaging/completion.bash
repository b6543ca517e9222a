# Completion of par-midi for bash. It asks the program itself: --help names the commands
# and the options, and says by the name of an option's value what may stand there.

_par_midi_models() { # by name, or a file
    _filedir safetensors
    COMPREPLY+=($(compgen -W "$("${words[0]}" models 2>/dev/null | cut -d' ' -f1)" -- "$cur"))
}

_par_midi() {
    local cur prev words cword split
    _init_completion -s || return
    local midi='@(mid|midi|smf|kar|rmi)' command=${words[1]} help value
    if ((cword == 1)); then
        help=$("${words[0]}" --help 2>/dev/null)
        COMPREPLY=($(compgen -W "--help --version $(
            sed -n 's/^  par-midi \([a-z]*\) .*/\1/p' <<<"$help")" -- "$cur"))
        _filedir '@(mid|midi|smf|kar|rmi|par-midi)'
        return
    fi
    help=$("${words[0]}" "$command" --help 2>/dev/null)
    if [[ $prev == -* ]]; then # lines are: "  -o, --output=OUT.mid   What it does"
        value=$(awk -F= -v name="$prev" '
            index($1 ",", " " name ",") { sub(/ .*/, "", $2); print $2 }' <<<"$help")
        case $value in
        '') ;; # it takes none
        *.mid) _filedir "$midi" ;;
        *.wav) _filedir '@(wav|flac|ogg|oga|opus|mp3)' ;;
        SF2) _filedir '@(sf2|sf3)' ;;
        MODEL) _par_midi_models ;;
        RUN | DIR) _filedir -d ;;
        FILE) _filedir ;;
        *'|'*) COMPREPLY=($(compgen -W "${value//|/ }" -- "$cur")) ;;
        esac
        [ -z "$value" ] || return
    fi
    case $cur in
    -*) COMPREPLY=($(compgen -W "$(grep -oE '^  (-[a-z], )?--[a-z0-9-]+' <<<"$help" |
        grep -oE -- '--[a-z0-9-]+')" -- "$cur")) ;;
    *)
        [[ " ${words[*]} " != *' --ids '* ]] || command=ids
        case $command in
        continue | play | render | score | tokenize) _filedir "$midi" ;;
        info) _par_midi_models ;;
        train) _filedir -d ;;
        *) _filedir ;;
        esac
        ;;
    esac
} && complete -F _par_midi par-midi
