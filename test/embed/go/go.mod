module planner

go 1.19
