export HOME=$PWD SHELL=/bin/sh
echo "set -g default-command \"PS1='\$ ' sh\"" > conf
t() { tmux -f conf -S socket "$@"; }
# Waits until a pane shows a line.
shows() { until t capture-pane -p -t "s:0.$1" | grep -q "$2"; do sleep 0.02; done; }
t new-session -d -x 80 -y 24 -s s; echo $?
t split-window -h; t list-panes -F '#{pane_index} #{pane_width}x#{pane_height}'
t send-keys -t s:0.0 'echo le""ft; stty size' Enter; shows 0 '^24 40'
t send-keys -t s:0.1 'echo ri""ght; tty | cut -c1-9' Enter; shows 1 '^/dev/pts/'
for pane in 0 1; do t capture-pane -p -t s:0.$pane | sed -n 2,3p; done
t send-keys -t s:0.0 'echo go""es; sleep 1000' Enter; shows 0 '^goes'
t send-keys -t s:0.0 C-c; t send-keys -t s:0.0 'echo status=$?' Enter; shows 0 '^status='
t capture-pane -p -t s:0.0 | grep '^status='
t resize-pane -t s:0.0 -x 20; t list-panes -F '#{pane_width}'; t kill-server; echo $?
rm conf
